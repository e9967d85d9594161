using Microsoft.Extensions.Time.Testing;
using OrleansMcp.Configuration;
using OrleansMcp.Sessions;
using OrleansMcp.Signals;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Signals;

/// <summary>Over real HTTP: a client that tries out what it may do is reported, once a window.</summary>
public sealed class ProbingTests
{
    private const int Most = 4;

    [Fact]
    public async Task More_denials_than_a_mistake_explains_are_reported_once_a_window()
    {
        var time = new FakeTimeProvider();
        await using var server = await StartAsync(time);
        using var bob = await server.Client(TestConfiguration.Bob).OpenAsync();
        await DenyAsync(bob, Most);
        Assert.Equal(0, server.Signals[SignalName.PermissionProbing]);
        await DenyAsync(bob, 1);
        Assert.Equal(1, server.Signals[SignalName.PermissionProbing]);
        await DenyAsync(bob, 3 * Most);
        Assert.Equal(1, server.Signals[SignalName.PermissionProbing]);

        time.Advance(TimeSpan.FromSeconds(101));
        await DenyAsync(bob, Most);
        Assert.Equal(1, server.Signals[SignalName.PermissionProbing]);
        await DenyAsync(bob, 1);
        Assert.Equal(2, server.Signals[SignalName.PermissionProbing]);
        await Eventually.Holds(
            () => server.ReadAudit().Contains("5 permission_denied and 0 policy_denied within 100 s", StringComparison.Ordinal), "the count was audited");
    }

    [Fact]
    public async Task Denials_spread_over_time_and_clients_are_no_probing()
    {
        var time = new FakeTimeProvider();
        await using var server = await StartAsync(time);
        using var bob = await server.Client(TestConfiguration.Bob).OpenAsync();
        using var carol = await server.Client(TestConfiguration.Carol).OpenAsync();
        for (var i = 0; i < 4; i++)
        {
            await DenyAsync(bob, Most / 2);
            await DenyAsync(carol, Most / 2);
            time.Advance(TimeSpan.FromSeconds(57));
        }

        Assert.Equal(4 * Most, server.Signals[SignalName.PermissionDenied]);
        Assert.Equal(0, server.Signals[SignalName.PermissionProbing]);
    }

    [Fact]
    public async Task Each_client_of_each_tenant_is_counted_by_itself()
    {
        await using var server = await StartAsync(new FakeTimeProvider());
        var signals = (ISignals)server.Services.GetService(typeof(ISignals))!;
        Caller[] callers = [new("acme", "bob", "bob"), new("acme", "alice", "alice"), new("globex", "bob", "bob"), new("globex", "carol", "carol")];
        for (var i = 0; i < Most; i++)
        {
            Array.ForEach(callers, caller => signals.Raise(new Signal(SignalName.PermissionDenied, caller)));
        }

        Assert.Equal(0, server.Signals[SignalName.PermissionProbing]);
        signals.Raise(new Signal(SignalName.PolicyDenied, callers[0]));
        Assert.Equal(1, server.Signals[SignalName.PermissionProbing]);
        Assert.Contains("permission_probing acme", server.Signals.ByTenant);
        await Eventually.Holds(
            () => server.ReadAudit().Split('\n').Any(line => line.Contains("permission_probing", StringComparison.Ordinal) && line.Contains("bob", StringComparison.Ordinal)),
            "the audit said whose");
    }

    [Fact]
    public async Task Metrics_name_the_tenant_that_was_denied_and_never_an_unverified_one()
    {
        await using var server = await StartAsync(new FakeTimeProvider());
        using var bob = await server.Client(TestConfiguration.Bob).OpenAsync();
        await DenyAsync(bob, 1);
        Assert.Contains("permission_denied acme", server.Signals.ByTenant);
        using var page = server.Client(TestConfiguration.Bob);
        var origin = await page.SendAsync(page.Request(HttpMethod.Get, request => request.Headers.TryAddWithoutValidation("Origin", "https://evil.example")));
        origin.Expect(System.Net.HttpStatusCode.Forbidden);
        Assert.Contains("origin_rejected ", server.Signals.ByTenant);
        Assert.All(bob.SessionId!.Split('.'), part => Assert.DoesNotContain(part, server.Signals.TagValues));
    }

    private static async Task DenyAsync(RawClient client, int times)
    {
        for (var i = 0; i < times; i++)
        {
            Assert.Contains("permission_denied", (await client.CallAsync("increment")).Text, StringComparison.Ordinal);
        }
    }

    private static Task<TestServer> StartAsync(TimeProvider time) => TestServer.StartAsync(new TestServerOptions
    {
        Time = time,
        Configuration = (TestConfiguration.With() with
        {
            Signals = new SignalConfiguration { Denials = Most, DenialWindow = TimeSpan.FromSeconds(100) },
        }).Permitting("acme", "bob", "tool:echo").Permitting("globex", "carol", "tool:echo"),
    });
}
