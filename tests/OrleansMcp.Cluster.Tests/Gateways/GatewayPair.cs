using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Cluster.Tests.Gateways;

/// <summary>Clients of one session, or of one principal, at two gateways: what a load balancer makes of a single client.</summary>
internal static class GatewayPair
{
    /// <summary>Opens a session through the first gateway. The other client holds the same one, through the second.</summary>
    public static async Task<(RawClient A, RawClient B)> OpenAsync(TestServer server, string version = "2025-11-25")
    {
        var a = await new RawClient(server.Urls[0], TestConfiguration.Alice).OpenAsync(version, new { elicitation = new { } });
        return (a, a.Through(server.Urls[1]));
    }

    /// <summary>The same principal without a session, through either gateway.</summary>
    public static (ModernClient A, ModernClient B) Modern(TestServer server, string key = TestConfiguration.Alice) =>
        (new ModernClient(server.Urls[0], key), new ModernClient(server.Urls[1], key));

    /// <summary>The same session through another gateway.</summary>
    public static RawClient Through(this RawClient client, Uri gateway) =>
        new(gateway, client.Key) { SessionId = client.SessionId, Version = client.Version };

    /// <summary>The text of a tool's answer on a stream.</summary>
    public static async Task<string> TextAsync(this OpenReply open) =>
        (string)(await open.Events.UntilAnswerAsync()).Json["result"]!["content"]![0]!["text"]!;

    public static async Task SubscribeAsync(this RawClient client, string uri) =>
        Assert.NotNull((await client.PostAsync(Rpc.Request("s", "resources/subscribe", new { uri }))).Expect(System.Net.HttpStatusCode.OK).Result);
}
