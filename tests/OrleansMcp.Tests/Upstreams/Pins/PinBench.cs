using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using OrleansMcp.Configuration;
using OrleansMcp.Configuration.Upstreams;
using OrleansMcp.Sessions;
using OrleansMcp.Sessions.Upstreams;
using OrleansMcp.Signals;
using OrleansMcp.Tenants;
using OrleansMcp.Tests.Hosting;
using OrleansMcp.Tests.Quotas;
using OrleansMcp.Upstreams;
using OrleansMcp.Upstreams.Pins;

namespace OrleansMcp.Tests.Upstreams.Pins;

/// <summary>Tenants' actors on a store that can fail, asked as sessions and operators ask them.</summary>
internal sealed class PinBench : ITenantDirectory
{
    public const string Server = "github";

    public static readonly SessionOwner Alice = new("acme", "alice", "u-17", KeyThumbprint: null);
    public static readonly SessionOwner Bob = new("acme", "bob", "bob", KeyThumbprint: null);

    private readonly TestConfigurationSource _configuration;
    private Dictionary<string, Tenant> _tenants = new(StringComparer.Ordinal);

    public PinBench(UpstreamApproval approval = UpstreamApproval.FirstUse, int maxItems = 1000) => _configuration = new(With(approval, maxItems));

    public FakeTimeProvider Time { get; } = new();

    public FailingRecords Records { get; } = new();

    public SignalList Signals { get; } = new();

    public Tenant Acme => (Tenant)Get("acme");

    public ServerConfiguration Configuration => _configuration.Current;

    public UpstreamConfiguration Configured => _configuration.Current.Servers[Server];

    public IEnumerable<Signal> Changes => Signals.Raised.Where(static signal => signal.Name == SignalName.ToolDefinitionChanged);

    public ITenant Get(string tenant)
    {
        if (!_tenants.TryGetValue(tenant, out var actor))
        {
            actor = new Tenant(tenant, _configuration, Time, new MemoryLedgerStore(), Records, new YieldingSessions(), Signals, NullLogger.Instance);
            _tenants.Add(tenant, actor);
        }

        return actor;
    }

    public void Configure(UpstreamApproval approval, int maxItems = 1000) => _configuration.Current = With(approval, maxItems);

    /// <summary>The actors are lost with all that they had in memory, and begin anew.</summary>
    public void Crash() => _tenants = new(StringComparer.Ordinal);

    /// <summary>A tool as its server lists it.</summary>
    public static NamedDefinition Tool(string name, string description = "Does it.", string server = Server, string? shown = null)
    {
        var listed = JsonSerializer.SerializeToElement(new { name, description, inputSchema = new { type = "object" } });
        return new NamedDefinition(shown ?? UpstreamNames.Of(server, name), ToolDefinition.Read(listed)!);
    }

    public static string DigestOf(string name, string description) => Tool(name, description).Definition.Digest;

    /// <summary>Lists tools as a session does, with the definitions that are wanted.</summary>
    public async Task<ToolVerdict[]> ListAsync(SessionOwner owner, params NamedDefinition[] tools)
    {
        var judged = await JudgeAsync(owner, withDefinitions: false, tools);
        var verdicts = judged.Select(static one => one.Verdict).ToArray();
        var wanted = Enumerable.Range(0, tools.Length).Where(at => judged[at].WantsDefinition).ToArray();
        if (wanted.Length > 0)
        {
            var again = await JudgeAsync(owner, withDefinitions: true, [.. wanted.Select(at => tools[at])]);
            foreach (var (at, one) in wanted.Zip(again))
            {
                verdicts[at] = one.Verdict;
            }
        }

        return verdicts;
    }

    /// <summary>Lists one tool.</summary>
    public async Task<ToolVerdict> ListAsync(string name, string description, SessionOwner? owner = null) =>
        Assert.Single(await ListAsync(owner ?? Alice, Tool(name, description)));

    public async Task<IReadOnlyList<ToolJudgement>> JudgeAsync(SessionOwner owner, bool withDefinitions, params NamedDefinition[] tools) =>
        await Get(owner.Tenant).JudgeToolsAsync(ListingOf(owner, withDefinitions, tools), CancellationToken.None);

    public static ToolListing ListingOf(SessionOwner owner, bool withDefinitions, IEnumerable<NamedDefinition> tools, string server = Server) => new(
        server, owner, [.. tools.Select(one => new ListedTool(one.Name, one.Definition.Digest, withDefinitions ? SeenDefinition.Of(one.Definition) : null))]);

    public async Task<IReadOnlyList<ToolPin>> ReadAsync(string server = Server) =>
        (await Acme.ReadToolPinsAsync(server, after: null, limit: int.MaxValue, CancellationToken.None)).Pins;

    /// <summary>An operator approves the definitions that tools have with these descriptions.</summary>
    public async Task<ToolPinOutcome> ApproveAsync(params (string Name, string Description)[] tools) => await Acme.ChangeToolPinsAsync(
        new ToolPinChange(Server, "olga", [.. tools.Select(static one => new ApprovedDefinition(UpstreamNames.Of(Server, one.Name), DigestOf(one.Name, one.Description)))], Forget: []), CancellationToken.None);

    public async Task<ToolPinOutcome> ForgetAsync(params string[]? names) => await Acme.ChangeToolPinsAsync(
        new ToolPinChange(Server, "olga", [], names is null ? null : [.. names.Select(static name => UpstreamNames.Of(Server, name))]), CancellationToken.None);

    private static ServerConfiguration With(UpstreamApproval approval, int maxItems) => TestConfiguration.With() with
    {
        Servers = new[] { Server, "crm" }.ToDictionary(
            static name => name, name => new UpstreamConfiguration { Name = name, Url = new Uri($"https://{name}.example/mcp"), Approval = approval, MaxItems = maxItems }, StringComparer.Ordinal),
    };
}
