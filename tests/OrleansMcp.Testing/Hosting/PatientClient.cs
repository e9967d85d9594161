using System.Net;
using System.Text.Json.Nodes;
using OrleansMcp.Protocol;

namespace OrleansMcp.Tests.Hosting;

/// <summary>A client that asks again when it is told to (503), as at a process that has only just started on a busy machine.</summary>
internal static class PatientClient
{
    public static async Task<RawClient> OpenAsync(Uri url, string key = TestConfiguration.Alice, string version = "2025-11-25")
    {
        var client = new RawClient(url, key);
        await Eventually.Holds(
            async () =>
            {
                var reply = await client.PostAsync(Rpc.Initialize("init", version));
                return reply.Status != HttpStatusCode.ServiceUnavailable && (client.SessionId = reply.Expect(HttpStatusCode.OK).SessionId) is not null;
            },
            "a session could be opened");
        client.Version = version == "2025-03-26" ? null : version; // that one names none with its requests
        (await client.PostAsync(Rpc.Notification("notifications/initialized"))).Expect(HttpStatusCode.Accepted);
        return client;
    }

    /// <summary>Adds to the counter of the session and returns where it stands. The call is named, so that to repeat it adds nothing.</summary>
    public static async Task<long> IncrementAsync(RawClient client)
    {
        var call = JsonNode.Parse(Rpc.Call(1, "increment", new { by = 1 }))!;
        call["params"]!["_meta"] = new JsonObject { [DeliveryMeta.Key] = Guid.NewGuid().ToString() };
        RawReply? reply = null;
        await Eventually.Holds(
            async () => (reply = await client.PostAsync(call.ToJsonString())).Status != HttpStatusCode.ServiceUnavailable, "the call was answered");
        Assert.False(reply!.Expect(HttpStatusCode.OK).ToolFailed, reply.Text);
        return DemoTools.Counter(reply.ToolText);
    }
}
