using System.Net;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Clients;

/// <summary>The client of the C# SDK, in both eras, through what happens to its calls, its session and its server.</summary>
public sealed class CSharpClientLifeTests
{
    private const string Sessions = "2025-11-25";
    private const string Modern = "2026-07-28";
    private const string Counter = "demo://session/counter";

    [Fact]
    public async Task A_cancelled_call_ends_on_the_server_in_the_era_without_sessions()
    {
        await using var lab = await ClientLab.StartAsync();
        await using var client = await ConnectAsync(lab, Modern);
        await CancelAsync(lab, client);
        await lab.NoCallRunsAsync();
    }

    [Fact]
    public async Task A_cancelled_call_of_a_session_runs_on_until_the_client_closes_because_it_sends_no_cancellation()
    {
        await using var lab = await ClientLab.StartAsync();
        await using (var client = await ConnectAsync(lab, Sessions))
        {
            await CancelAsync(lab, client);
            await client.CallToolAsync("echo", Arguments("text", "What was sent before has arrived."), cancellationToken: Cancelled);
            await lab.CallRunsAsync();
        }

        await lab.NoCallRunsAsync();
    }

    [Theory]
    [InlineData(Sessions)]
    [InlineData(Modern)]
    public async Task Reads_a_resource_and_gets_a_prompt(string revision)
    {
        await using var lab = await ClientLab.StartAsync();
        await using var client = await ConnectAsync(lab, revision);
        var resource = await client.ReadResourceAsync("demo://greeting/de", cancellationToken: Cancelled);
        Assert.Equal("Guten Tag", Assert.IsType<TextResourceContents>(Assert.Single(resource.Contents)).Text);
        var prompt = await client.GetPromptAsync("summarise", Arguments("topic", "grains"), cancellationToken: Cancelled);
        Assert.Contains("grains", Assert.IsType<TextContentBlock>(Assert.Single(prompt.Messages).Content).Text);
    }

    [Fact]
    public async Task A_session_is_told_of_changes_after_a_nap_and_a_restart()
    {
        await using var lab = await ClientLab.StartAsync();
        await using var client = await ConnectAsync(lab, Sessions);
        var session = client.SessionId;
        await client.SubscribeToResourceAsync(Counter, cancellationToken: Cancelled);
        await using var ear = new Ear(client);
        await ear.HearsAsync("at once");
        await lab.NapAsync();
        await ear.HearsAsync("after a nap");
        await lab.RestartAsync();
        await ear.HearsAsync("after a restart");
        Assert.Equal(session, client.SessionId);
        Assert.Equal(1, lab.CountSessions());
    }

    [Fact]
    public async Task A_client_without_a_session_learns_that_its_subscription_ended_in_order_and_listens_again()
    {
        await using var lab = await ClientLab.StartAsync();
        await using var client = await ConnectAsync(lab, Modern);
        await using var ear = new Ear(client);
        var listening = ListenAsync(client);
        await ear.HearsAsync("at once");
        await lab.RestartAsync();
        await listening.InTime("the subscription ended in order");
        _ = ListenAsync(client);
        await ear.HearsAsync("after a restart, by another subscription");
        Assert.Equal(0, lab.CountSessions());
    }

    [Fact]
    public async Task Closing_ends_the_session()
    {
        await using var lab = await ClientLab.StartAsync();
        await using (await ConnectAsync(lab, Sessions))
        {
            Assert.Equal(1, lab.CountSessions());
        }

        Assert.Equal(0, lab.CountSessions());
    }

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private static Task<McpClient> ConnectAsync(ClientLab lab, string revision)
    {
        var transport = new HttpClientTransport(new HttpClientTransportOptions
        {
            Endpoint = lab.Url,
            TransportMode = HttpTransportMode.StreamableHttp,
            AdditionalHeaders = new Dictionary<string, string> { ["Authorization"] = $"Bearer {ClientLab.Key}" },
            DefaultReconnectionInterval = TimeSpan.FromMilliseconds(50),
            MaxReconnectionAttempts = int.MaxValue,
        });
        return McpClient.CreateAsync(transport, new McpClientOptions { ProtocolVersion = revision }, cancellationToken: Cancelled);
    }

    private static async Task CancelAsync(ClientLab lab, McpClient client)
    {
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        var call = client.CallToolAsync("slow", Arguments("ms", 300_000), cancellationToken: cancel.Token).AsTask();
        await lab.CallRunsAsync();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
    }

    // Ends with the subscription.
    private static Task ListenAsync(McpClient client) => client.SendRequestAsync<SubscriptionsListenRequestParams, EmptyResult>(
        RequestMethods.SubscriptionsListen,
        new SubscriptionsListenRequestParams { Notifications = new SubscriptionsListenNotifications { ResourceSubscriptions = [Counter] } },
        cancellationToken: Cancelled).AsTask();

    private static Dictionary<string, object?> Arguments(string name, object value) => new() { [name] = value };

    /// <summary>What a client hears of the counter.</summary>
    private sealed class Ear : IAsyncDisposable
    {
        private static readonly TimeSpan s_soon = TimeSpan.FromMilliseconds(200);

        private readonly McpClient _client;
        private readonly SemaphoreSlim _heard = new(0);
        private readonly IAsyncDisposable _registration;

        public Ear(McpClient client)
        {
            _client = client;
            _registration = client.RegisterNotificationHandler(NotificationMethods.ResourceUpdatedNotification, (update, _) =>
            {
                Assert.Equal(Counter, (string?)update.Params?["uri"]);
                _heard.Release();
                return default;
            });
        }

        /// <summary>Changes the counter until that is heard: while a client has no stream, it may miss what happens.</summary>
        public Task HearsAsync(string when) => Eventually.Holds(
            async () => await TryIncrementAsync() && await _heard.WaitAsync(s_soon, Cancelled), $"changes were heard {when}");

        public async ValueTask DisposeAsync()
        {
            await _registration.DisposeAsync();
            _heard.Dispose();
        }

        // A server that has just started on a busy machine may ask its client to try again.
        private async Task<bool> TryIncrementAsync()
        {
            while (await _heard.WaitAsync(TimeSpan.Zero, Cancelled))
            {
                // What was heard before does not count.
            }

            try
            {
                return (await _client.CallToolAsync("increment", cancellationToken: Cancelled)).IsError != true;
            }
            catch (HttpRequestException e) when (e.StatusCode == HttpStatusCode.ServiceUnavailable)
            {
                return false;
            }
        }
    }
}
