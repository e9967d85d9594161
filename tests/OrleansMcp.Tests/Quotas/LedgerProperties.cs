using FsCheck;
using FsCheck.Fluent;
using OrleansMcp.Quotas;
using OrleansMcp.Sessions;

namespace OrleansMcp.Tests.Quotas;

/// <summary>Whatever happens in whatever order, a minute admits no more than its budget.</summary>
[Trait(Rounds.Trait, Rounds.MoreAtNight)]
public sealed class LedgerProperties
{
    private const int ClientBudget = 40;
    private const int TenantBudget = 60;
    private const int SessionBudget = 25;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void No_schedule_of_calls_crashes_and_new_sessions_admits_more_than_the_budget(bool sessionsOutlive)
    {
        var step = Gen.OneOf(
            Gen.Choose(1, 12).Select(n => new Step(Act.Call, n)), Gen.Choose(1, 12).Select(n => new Step(Act.Call, n)),
            Gen.Choose(0, 5).Select(n => new Step(Act.Switch, n)), Gen.Choose(0, 5).Select(n => new Step(Act.Reopen, n)),
            Gen.Constant(new Step(Act.CrashTenant, 0)), Gen.Constant(new Step(Act.RestartTenant, 0)),
            Gen.Choose(1, 45).Select(n => new Step(Act.Wait, n)), Gen.Constant(new Step(Act.FailStore, 0)));
        var schedules = step.ListOf(60).ToArbitrary();
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(Rounds.Of(100, atNight: 300)).WithQuietOnSuccess(true),
            Prop.ForAll(schedules, steps => Task.Run(() => RunAsync([.. steps], sessionsOutlive)).GetAwaiter().GetResult()));
    }

    private static async Task<bool> RunAsync(IReadOnlyList<Step> steps, bool sessionsOutlive)
    {
        var bench = new LedgerBench(
            LedgerBench.Free with { CallsPerMinute = ClientBudget }, LedgerBench.Free with { CallsPerMinute = TenantBudget },
            LedgerBench.Free with { CallsPerMinute = SessionBudget }, sessionsOutlive);
        var keys = Enumerable.Range(0, 6).Select(_ => bench.NewKey()).ToArray();
        var meters = keys.Select((key, i) => bench.NewMeter(ClientOf(i), key)).ToArray();
        var (counts, current) = (new Counts(), 0);
        foreach (var (act, n) in steps)
        {
            switch (act)
            {
                case Act.Call:
                    var window = bench.Time.GetUtcNow().UtcTicks / TimeSpan.TicksPerMinute;
                    counts.Add(window, ClientOf(current), keys[current], await TryCallAsync(meters[current], n));
                    break;
                case Act.Switch:
                    current = n;
                    break;
                case Act.Reopen:
                    // The session is lost, or its client initialises anew: in either case with a meter that knows nothing.
                    keys[n] = n % 2 == 0 ? keys[n] : bench.NewKey();
                    meters[n] = bench.NewMeter(ClientOf(n), keys[n]);
                    break;
                case Act.CrashTenant:
                    bench.Crash();
                    break;
                case Act.RestartTenant:
                    await bench.RestartAsync();
                    break;
                case Act.Wait:
                    bench.Time.Advance(TimeSpan.FromSeconds(n));
                    break;
                default:
                    bench.Store.Fails = !bench.Store.Fails;
                    break;
            }
        }

        return counts.AreWithin;
    }

    private static string ClientOf(int session) => session < 4 ? "alice" : "bob";

    private static async Task<int> TryCallAsync(SessionMeter meter, int calls)
    {
        var admitted = 0;
        for (; admitted < calls; admitted++)
        {
            try
            {
                if (!meter.TryAdmit(isTool: true) && await meter.AdmitAsync(isTool: true, CancellationToken.None) is not null)
                {
                    break;
                }
            }
            catch (QuotaUnavailableException)
            {
                break;
            }

            meter.Release();
        }

        return admitted;
    }

    private enum Act
    {
        Call,
        Switch,
        Reopen,
        CrashTenant,
        RestartTenant,
        Wait,
        FailStore,
    }

    private sealed record Step(Act Act, int N);

    /// <summary>What was admitted, kept apart from everything under test.</summary>
    private sealed class Counts
    {
        private readonly Dictionary<(long, string), int> _admitted = [];

        public bool AreWithin => _admitted.All(pair => pair.Value <= pair.Key.Item2 switch
        {
            "" => TenantBudget,
            "alice" or "bob" => ClientBudget,
            _ => SessionBudget,
        });

        public void Add(long window, string client, SessionKey session, int calls)
        {
            foreach (var whose in new[] { "", client, session.Value })
            {
                _admitted[(window, whose)] = _admitted.GetValueOrDefault((window, whose)) + calls;
            }
        }
    }
}
