using ModelContextProtocol.Protocol;
using OrleansMcp.Protocol;

namespace OrleansMcp.Tests.Sessions;

public sealed class NegotiatedClientTests
{
    private readonly SessionBench _bench = new();

    [Fact]
    public void A_session_knows_what_initialize_settled()
    {
        var meta = _bench.Client.Meta!;
        Assert.Equal((ProtocolVersions.November2025, (LoggingLevel?)null, false), (meta.ProtocolVersion, meta.LogLevel, meta.IsSessionless));
        Assert.NotNull(meta.Capabilities.Elicitation!.Form); // An empty declaration means forms.
        Assert.Same(meta, _bench.Client.Meta);
    }

    [Fact]
    public void A_level_that_is_set_later_is_seen_at_once_and_changes_nothing_else()
    {
        var former = _bench.Client.Meta!;
        _bench.Record.Replace(_bench.Record.Value with { LogLevel = "warning" });
        var meta = _bench.Client.Meta!;
        Assert.Equal(LoggingLevel.Warning, meta.LogLevel);
        Assert.Same(former.Capabilities, meta.Capabilities);
        _bench.Record.Replace(_bench.Record.Value with { LogLevel = null });
        Assert.Null(_bench.Client.Meta!.LogLevel);
    }

    [Fact]
    public void A_client_that_said_nothing_of_itself_can_do_nothing_for_its_tools()
    {
        _bench.Record.Replace(_bench.Record.Value with { ClientCapabilities = null });
        var meta = _bench.Client.Meta!;
        Assert.Null(meta.ClientInfo);
        Assert.Null(meta.Capabilities.Elicitation);
    }

    [Fact]
    public void Each_request_of_a_principal_brings_its_own() => Assert.Null(new SessionBench(isPrincipal: true).Client.Meta);
}
