using OrleansMcp.Drill.Checks;
using OrleansMcp.Drill.Checks.Records;
using OrleansMcp.Drill.History;
using OrleansMcp.Drill.Run;
using OrleansMcp.Tests.Drill.Model;

namespace OrleansMcp.Tests.Drill;

/// <summary>The drill against <see cref="ModelServer"/>: it must find the fault that the server has, and no other.</summary>
public sealed class SeededFaultTests
{
    private const int Runs = 10;

    private static readonly DrillClient[] s_clients =
        [new("acme", "alice"), new("acme", "bob"), new("globex", "carol"), new("globex", "dave")];

    [Fact]
    [Trait(Rounds.Trait, Rounds.MoreAtNight)]
    public async Task A_server_without_fault_is_found_to_have_none()
    {
        for (var seed = Rounds.Of(3, atNight: Runs); seed > 0; seed--)
        {
            var history = await DrillAsync(Fault.None, seed);

            Assert.Empty(IsolationChecks.Of(history.Operations).Select(finding => $"seed {seed}: {finding.Rule}: {finding.Message}"));
            Assert.Empty(SignalCheck.Of(history.Operations, history.Before.Counts!, history.After.Counts!));
            Assert.All(
                [Areas.Sessions, Areas.Counters, Areas.Secrets, Areas.ClientCaches, Areas.TenantCaches, Areas.ToolLog, Areas.Upstream, Areas.Records, Areas.Grants],
                area => Assert.Contains(history.Operations, operation => operation.Area == area && operation.IsOk));
            Assert.Contains(history.Operations, operation => operation is Attack { IsRefused: true });
        }
    }

    [Theory]
    [InlineData(Fault.LostUpdate, SerialisationCheck.LostUpdate)]
    [InlineData(Fault.LostUpdate, RecordCounterCheck.Wrong)]
    [InlineData(Fault.DirtyRead, ValueCheck.Dirty)]
    [InlineData(Fault.WriteSkew, SerialisationCheck.WriteSkew)]
    [InlineData(Fault.CacheWithoutTenant, CacheCheck.Foreign)]
    [InlineData(Fault.SharedUpstream, UpstreamCheck.Foreign)]
    [InlineData(Fault.NoOwnerCheck, AttackCheck.Succeeded)]
    [InlineData(Fault.NoOwnerCheck, SessionCheck.Lost)]
    public async Task A_seeded_fault_is_found_and_shown_with_few_operations(Fault fault, string rule)
    {
        var found = new List<Finding>();
        for (var seed = 1; seed <= Runs && found.Count == 0; seed++)
        {
            var history = await DrillAsync(fault, seed);
            found.AddRange(IsolationChecks.Of(history.Operations).Where(finding => finding.Rule == rule));
        }

        Assert.NotEmpty(found);
        Assert.InRange(found.Min(finding => finding.Evidence.Count), 1, 4);
    }

    [Theory]
    [InlineData(Fault.LostUpdate, SerialisationCheck.LostUpdate, RecordCounterCheck.Wrong)]
    [InlineData(Fault.DirtyRead, ValueCheck.Dirty)]
    [InlineData(Fault.WriteSkew, SerialisationCheck.WriteSkew)]
    [InlineData(Fault.CacheWithoutTenant, CacheCheck.Foreign)]
    [InlineData(Fault.SharedUpstream, UpstreamCheck.Foreign)]
    [InlineData(Fault.NoOwnerCheck, AttackCheck.Succeeded, SessionCheck.Lost, SessionCounterCheck.Wrong, SecretCheck.Wrong, SecretCheck.Foreign, UpstreamCheck.NotCounted)]
    public async Task A_seeded_fault_is_taken_for_no_other(Fault fault, params string[] rules)
    {
        var found = new List<string>();
        for (var seed = 1; seed <= 3; seed++)
        {
            found.AddRange(IsolationChecks.Of((await DrillAsync(fault, seed)).Operations).Select(finding => finding.Rule));
        }

        Assert.NotEmpty(found);
        Assert.Empty(found.Distinct().Except(rules));
    }

    private static Task<DrillHistory> DrillAsync(Fault fault, int seed) => new DrillRun(
        new DrillPlan(s_clients, seed) { StepsPerUser = 150, Duration = TimeSpan.FromMinutes(1), IdleTime = TimeSpan.Zero },
        new ModelServer(fault, seed), TimeProvider.System).RunAsync(CancellationToken.None);
}
