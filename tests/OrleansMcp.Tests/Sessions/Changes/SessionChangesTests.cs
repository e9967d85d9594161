using ModelContextProtocol.Protocol;
using OrleansMcp.Sessions.Calls;
using OrleansMcp.Sessions.Changes;
using OrleansMcp.Tests.Hosting;
using OrleansMcp.Tools;

namespace OrleansMcp.Tests.Sessions.Changes;

public sealed class SessionChangesTests
{
    private readonly SessionBench _bench = new();
    private readonly SessionBench _principal = new(isPrincipal: true);

    [Fact]
    public async Task A_session_hears_of_changes_on_its_own_stream()
    {
        _bench.Changes.TellListChanged(CatalogueList.Prompts);
        Assert.Equal("notifications/prompts/list_changed", (string?)(await _bench.Streams.NextMessageAsync(0))["method"]);
    }

    [Fact]
    public async Task A_session_hears_of_the_resources_it_subscribed_to_and_of_no_other()
    {
        _bench.Record.Replace(_bench.Record.Value with { Subscriptions = ["bench://one"] });
        await _bench.Changes.SendResourceUpdatedAsync("bench://two", CancellationToken.None);
        Assert.False(_bench.Streams.Any);
        await _bench.Changes.SendResourceUpdatedAsync("bench://one", CancellationToken.None);
        Assert.Equal("bench://one", (string?)(await _bench.Streams.NextMessageAsync(0))["params"]!["uri"]);
    }

    [Fact]
    public async Task A_subscription_that_is_not_permitted_any_more_says_nothing()
    {
        _bench.Record.Replace(_bench.Record.Value with { Subscriptions = ["bench://one"] });
        _bench.Permit("tool:*");
        await _bench.Changes.SendResourceUpdatedAsync("bench://one", CancellationToken.None);
        Assert.False(_bench.Streams.Any);

        var call = Listen(new SubscriptionsListenNotifications { ResourceSubscriptions = ["bench://one"] }, out var listener);
        await listener.AcknowledgeAsync();
        _principal.Permit("tool:*");
        await _principal.Changes.SendResourceUpdatedAsync("bench://one", CancellationToken.None);
        Assert.Equal(["notifications/subscriptions/acknowledged"], await HeardAsync(call));
    }

    [Fact]
    public async Task A_listener_of_2026_07_28_hears_what_it_was_granted_and_which_subscription_it_is_of()
    {
        var call = Listen(new SubscriptionsListenNotifications { ToolsListChanged = true, ResourceSubscriptions = ["bench://one"] }, out var listener);
        await listener.AcknowledgeAsync();
        _principal.Changes.TellListChanged(CatalogueList.Prompts);
        _principal.Changes.TellListChanged(CatalogueList.Resources);
        _principal.Changes.TellListChanged(CatalogueList.Tools);
        await _principal.Changes.SendResourceUpdatedAsync("bench://two", CancellationToken.None);
        await _principal.Changes.SendResourceUpdatedAsync("bench://one", CancellationToken.None);
        Assert.Equal(
            ["notifications/subscriptions/acknowledged", "notifications/tools/list_changed", "notifications/resources/updated"], await HeardAsync(call));
    }

    [Fact]
    public async Task A_listener_hears_of_a_change_after_it_was_told_what_it_was_granted()
    {
        var call = Listen(new SubscriptionsListenNotifications { ToolsListChanged = true }, out var listener);
        _principal.Changes.TellListChanged(CatalogueList.Tools);
        Assert.Null(call.Sink.Stream);
        await listener.AcknowledgeAsync();
        await Eventually.Holds(() => call.Sink.Stream!.Newest == 2, "the change was told");
        Assert.Equal(["notifications/subscriptions/acknowledged", "notifications/tools/list_changed"], await HeardAsync(call));
    }

    [Fact]
    public async Task A_listener_that_left_hears_nothing()
    {
        var call = Listen(new SubscriptionsListenNotifications { ToolsListChanged = true }, out var listener);
        await listener.AcknowledgeAsync();
        _principal.Changes.Remove(listener);
        _principal.Changes.TellListChanged(CatalogueList.Tools);
        Assert.Equal(["notifications/subscriptions/acknowledged"], await HeardAsync(call));
    }

    [Fact]
    public void A_session_without_a_stream_is_no_audience_and_a_principal_may_always_be_one()
    {
        Assert.False(_bench.Changes.HasAudience);
        _ = _bench.Streams.Set;
        Assert.True(_bench.Changes.HasAudience);
        Assert.True(_principal.Changes.HasAudience);
    }

    private RunningCall Listen(SubscriptionsListenNotifications granted, out ChangeListener listener)
    {
        var call = _principal.Call("subscriptions/listen", new { notifications = new { } }, id: "listening");
        _principal.Changes.Add(listener = new ChangeListener(call, granted));
        return call;
    }

    private async Task<IEnumerable<string?>> HeardAsync(RunningCall call)
    {
        _principal.Streams.CloseAll();
        var heard = await _principal.Streams.ReadToEndAsync(call.Sink.Stream!.Id);
        Assert.All(heard, message => Assert.Equal("listening", (string?)message["params"]!["_meta"]!.AsObject().Single().Value));
        return heard.Select(message => (string?)message["method"]);
    }
}
