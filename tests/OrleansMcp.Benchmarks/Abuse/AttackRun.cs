using System.Diagnostics;
using System.Net.Sockets;
using OrleansMcp.Benchmarks.Mcp;

namespace OrleansMcp.Benchmarks.Abuse;

/// <summary>Runs one attack in this process, which has no other purpose: its work must not delay the clock of the neighbour.</summary>
internal static class AttackRun
{
    /// <summary>The line that it prints when it is ready and begins.</summary>
    public const string Begun = "begun";

    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(100);

    public static async Task<int> RunAsync(string name, Uri url, string foreign, TimeSpan length, CancellationToken cancellationToken)
    {
        var attack = AllAttacks.Named(name);
        var target = await Target.OfAsync(url, AbuseConfiguration.AttackerKey, cancellationToken);
        var attacker = await Attacker.OpenAsync(target with { Protocol = attack.Protocol }, foreign, cancellationToken);
        await attack.PrepareAsync(attacker, cancellationToken);
        Console.WriteLine(Begun);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        end.CancelAfter(length);
        var watch = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, attack.Hands).Select(hand =>
            Task.Run(() => RepeatAsync(attack, attacker, hand, end.Token), CancellationToken.None)));
        Console.WriteLine(attacker.Counts.Result(watch.Elapsed).ToLine());
        return 0;
    }

    private static async Task RepeatAsync(IAttack attack, Attacker attacker, int hand, CancellationToken end)
    {
        while (!end.IsCancellationRequested)
        {
            try
            {
                await attack.AttackAsync(attacker, hand, end);
            }
            catch (Exception) when (end.IsCancellationRequested)
            {
                return; // The attack's own connections were closed under its hands.
            }
            catch (Exception e) when (e is IOException or SocketException)
            {
                attacker.Counts.Closed();
                await PauseAsync(end);
            }
        }
    }

    // The attack is on the server, not on this machine's ports and processors.
    private static Task PauseAsync(CancellationToken end) =>
        Task.Delay(s_pause, TimeProvider.System, end).ContinueWith(static _ => { }, TaskScheduler.Default);
}
