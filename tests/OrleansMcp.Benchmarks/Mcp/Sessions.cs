using System.Collections.Concurrent;
using System.Text.Json;
using OrleansMcp.Benchmarks.Http;

namespace OrleansMcp.Benchmarks.Mcp;

/// <summary>Opens and ends sessions the way clients do: <c>initialize</c>, <c>notifications/initialized</c>, DELETE.</summary>
internal static class Sessions
{
    private const int Connections = 8;
    private const int Attempts = 3;

    private const string Initialized = """{"jsonrpc":"2.0","method":"notifications/initialized"}""";

    /// <summary>The bytes of <c>initialize</c>, the same for every session.</summary>
    public static byte[] InitializeRequest(Target target) => target.Request("POST", session: null, Initialize(target));

    /// <summary>The bytes of <c>notifications/initialized</c> of a session.</summary>
    public static byte[] InitializedRequest(Target target, string id) => target.Request("POST", id, Initialized);

    /// <summary>The bytes that end a session.</summary>
    public static byte[] EndRequest(Target target, string id) => target.Request("DELETE", id);

    /// <summary>Opens a session on a connection and returns its id.</summary>
    public static async ValueTask<string> OpenAsync(Target target, HttpConnection connection, ReadOnlyMemory<byte> initialize)
    {
        var id = ReadId(target, await connection.SendAsync(initialize));
        var accepted = await connection.SendAsync(InitializedRequest(target, id));
        return accepted.Status == 202 ? id : throw new InvalidDataException($"initialized was answered with {accepted}");
    }

    /// <summary>
    /// Ends a session. A server that cannot say whether it has ended asks for the request again, and may find nothing then: stalls of a busy
    /// machine are enough.
    /// </summary>
    public static async ValueTask EndAsync(Target target, HttpConnection connection, string id)
    {
        for (var attempt = 1; ; attempt++)
        {
            var reply = await connection.SendAsync(EndRequest(target, id));
            if (reply.Status is 200 or 204 || (reply.Status == 404 && attempt > 1))
            {
                return;
            }

            if (reply.Status != 503 || attempt == Attempts)
            {
                throw new InvalidDataException($"DELETE was answered with {reply}");
            }
        }
    }

    /// <summary>Opens many sessions over a few connections.</summary>
    public static async Task<string[]> OpenManyAsync(Target target, int count, CancellationToken cancellationToken)
    {
        var (ids, initialize) = (new string[count], InitializeRequest(target));
        await OverAllAsync(target, count, async (connection, index) => ids[index] = await OpenAsync(target, connection, initialize), cancellationToken);
        return ids;
    }

    /// <summary>Ends many sessions over a few connections.</summary>
    public static Task EndManyAsync(Target target, IReadOnlyList<string> ids, CancellationToken cancellationToken) =>
        OverAllAsync(target, ids.Count, (connection, index) => EndAsync(target, connection, ids[index]), cancellationToken);

    /// <summary>The session id in the reply to <c>initialize</c>.</summary>
    /// <exception cref="InvalidDataException">It is not the right reply.</exception>
    public static string ReadId(Target target, HttpReply reply)
    {
        var id = Encoding.ASCII.GetString(reply.Header("Mcp-Session-Id"u8));
        if (reply.Status != 200 || id.Length == 0)
        {
            throw new InvalidDataException($"initialize was answered with {reply}");
        }

        using var message = JsonDocument.Parse(reply.Json.ToArray());
        return message.RootElement.GetProperty("id"u8).GetInt32() == 1
            && message.RootElement.GetProperty("result"u8).GetProperty("protocolVersion"u8).ValueEquals(target.Protocol)
            ? id
            : throw new InvalidDataException($"initialize was answered with {reply}");
    }

    private static string Initialize(Target target) =>
        $$$$"""{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"{{{{target.Protocol}}}}","capabilities":{},"clientInfo":{"name":"benchmark","version":"1"}}}""";

    private static async Task OverAllAsync(
        Target target, int count, Func<HttpConnection, int, ValueTask> step, CancellationToken cancellationToken)
    {
        var indices = new ConcurrentQueue<int>(Enumerable.Range(0, count));
        await Task.WhenAll(Enumerable.Range(0, Math.Min(Connections, count)).Select(async _ =>
        {
            using var connection = await target.ConnectAsync(cancellationToken);
            await using var hangUp = cancellationToken.Register(connection.Dispose);
            while (indices.TryDequeue(out var index))
            {
                await step(connection, index);
            }
        }));
    }
}
