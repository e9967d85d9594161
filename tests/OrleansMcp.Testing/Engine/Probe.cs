using OrleansMcp.Sessions;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Engine;

/// <summary>Tries everything that the seam offers on a session, except to open it.</summary>
internal static class Probe
{
    /// <summary>How many messages <see cref="FindsNothingAsync"/> sends, each of them an attempt.</summary>
    public const int Attempts = 11;

    /// <summary>Every method answers that there is no such session for this caller.</summary>
    public static async Task FindsNothingAsync(EngineClient client, string lastEventId = "00000000-1-1")
    {
        await PostsFindNothingAsync(client);
        Assert.Equal(ReplyKind.NotFound, (await client.PostBatchAsync(Rpc.Request(1, "ping"), Rpc.Call(2, "engine_increment"))).Kind);
        Assert.Equal(SessionEventKind.NotFound, await client.TryListenAsync());
        Assert.Equal(SessionEventKind.NotFound, await client.TryListenAsync(lastEventId));

        var (session, caller) = (client.Session, client.Caller);
        Assert.False((await session.GetSealingKeyAsync(caller, CancellationToken.None)).IsFound);
        Assert.Equal(SecretReply.NotFound, await session.PutSecretAsync(caller, "name", new byte[200], CancellationToken.None));
        Assert.Equal(SecretReply.NotFound, await session.DeleteSecretAsync(caller, "name", CancellationToken.None));
        Assert.Null(await client.EndAsync());
    }

    private static async Task PostsFindNothingAsync(EngineClient client)
    {
        string[] messages =
        [
            client.Request("ping"),
            client.Request("tools/call", Rpc.CallParams("engine_increment", new { by = 1000 })),
            Rpc.Notification("notifications/cancelled", new { requestId = "running" }),
            Rpc.Result("nonsense", new { action = "accept" }),
        ];
        foreach (var message in messages)
        {
            Assert.Equal(ReplyKind.NotFound, (await client.PostAsync(message)).Kind);
        }
    }
}
