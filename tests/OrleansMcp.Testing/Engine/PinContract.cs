using System.Text.Json;
using OrleansMcp.Configuration;
using OrleansMcp.Configuration.Upstreams;
using OrleansMcp.Sessions;
using OrleansMcp.Signals;
using OrleansMcp.Tenants;
using OrleansMcp.Tests.Hosting;
using OrleansMcp.Upstreams;
using OrleansMcp.Upstreams.Pins;

namespace OrleansMcp.Tests.Engine;

/// <summary>The approved definitions of other servers' tools are one for the tenant, wherever its sessions are.</summary>
public abstract class PinContract : EngineContract
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_one_session_approved_binds_the_others_on_all_nodes(bool restart)
    {
        await using var engine = await StartServersAsync();
        Assert.Equal(ToolVerdict.Approved, await ListAsync(engine, 0, Alice, "Finds."));
        if (restart)
        {
            await engine.RestartAsync();
        }

        for (var node = 0; node < engine.NodeCount; node++)
        {
            Assert.Equal(new ToolJudgement(ToolVerdict.Approved), await JudgeAsync(engine, node, Bob, "Finds.", withDefinition: false));
            Assert.Equal(ToolVerdict.Changed, await ListAsync(engine, node, Bob, "Finds more."));
            Assert.Equal(ToolVerdict.Approved, await ListAsync(engine, node, Carol, "Finds more.")); // of another tenant
        }

        await SignalledAsync(engine, SignalName.ToolDefinitionChanged, 1);
        var pin = Assert.Single((await LastTenant(engine).ReadToolPinsAsync("github", after: null, limit: 10, CancellationToken.None)).Pins);
        Assert.Equal(("alice", "alice"), (pin.Approval!.Client, pin.Approval.Subject));
        Assert.Contains("Finds more.", pin.Pending!.Json, StringComparison.Ordinal);
        Assert.NotNull(pin.PendingSince);
    }

    [Fact]
    public async Task Of_many_that_list_at_once_the_first_one_decides_for_all()
    {
        await using var engine = await StartServersAsync();
        var verdicts = await Task.WhenAll(Enumerable.Range(0, 20).Select(at => ListAsync(engine, at % engine.NodeCount, at % 2 == 0 ? Alice : Bob, $"Finds {at % 5}.")));
        Assert.Equal(4, verdicts.Count(static verdict => verdict == ToolVerdict.Approved));
        Assert.Equal(16, verdicts.Count(static verdict => verdict == ToolVerdict.Changed));
    }

    [Fact]
    public async Task What_an_operator_decides_counts_on_all_nodes()
    {
        await using var engine = await StartServersAsync();
        await ListAsync(engine, 0, Alice, "Finds.");
        await ListAsync(engine, 0, Alice, "Finds more.");
        var approve = new ToolPinChange("github", "olga", [new ApprovedDefinition("github__search", Definition("Finds more.").Digest)], Forget: []);
        Assert.Equal(["github__search"], (await LastTenant(engine).ChangeToolPinsAsync(approve, CancellationToken.None)).Done);
        var other = approve with { Approve = [new ApprovedDefinition("github__search", Definition("Finds.").Digest)] };
        Assert.Equal(["github__search"], (await LastTenant(engine).ChangeToolPinsAsync(other, CancellationToken.None)).Refused);
        Assert.Equal(ToolVerdict.Approved, await ListAsync(engine, 0, Bob, "Finds more."));
        Assert.Equal(ToolVerdict.Changed, await ListAsync(engine, engine.NodeCount - 1, Bob, "Finds."));

        Assert.Equal(["github__search"], (await LastTenant(engine).ChangeToolPinsAsync(new ToolPinChange("github", "olga", [], Forget: null), CancellationToken.None)).Done);
        Assert.Equal(ToolVerdict.Approved, await ListAsync(engine, 0, Bob, "Finds."));
        await SignalledAsync(engine, SignalName.OperatorAction, 2);
    }

    [Fact]
    public async Task A_server_that_is_not_configured_where_the_tenant_is_has_no_approved_tools()
    {
        await using var engine = await StartAsync();
        await Assert.ThrowsAsync<ToolPinsException>(() => ListAsync(engine, engine.NodeCount - 1, Alice, "Finds."));
    }

    private static Uri Url { get; } = new("https://github.example/mcp");

    private Task<IEngine> StartServersAsync() => StartAsync(TestConfiguration.With() with
    {
        Servers = new Dictionary<string, UpstreamConfiguration>(StringComparer.Ordinal) { ["github"] = new() { Name = "github", Url = Url } },
    });

    private static ITenant LastTenant(IEngine engine) => engine.Tenants(engine.NodeCount - 1).Get("acme");

    private static async Task<ToolVerdict> ListAsync(IEngine engine, int node, Caller caller, string description)
    {
        var judged = await JudgeAsync(engine, node, caller, description, withDefinition: false);
        return (judged.WantsDefinition ? await JudgeAsync(engine, node, caller, description, withDefinition: true) : judged).Verdict;
    }

    private static async Task<ToolJudgement> JudgeAsync(IEngine engine, int node, Caller caller, string description, bool withDefinition)
    {
        var definition = Definition(description);
        var listed = new ListedTool("github__search", definition.Digest, withDefinition ? SeenDefinition.Of(definition) : null);
        var judged = await engine.Tenants(node).Get(caller.Tenant)
            .JudgeToolsAsync(new ToolListing("github", SessionOwner.Of(caller), [listed]), CancellationToken.None).AsTask().InTime("a tenant judged a tool");
        return Assert.Single(judged);
    }

    private static ToolDefinition Definition(string description) =>
        ToolDefinition.Read(JsonSerializer.SerializeToElement(new { name = "search", description, inputSchema = new { type = "object" } }))!;
}
