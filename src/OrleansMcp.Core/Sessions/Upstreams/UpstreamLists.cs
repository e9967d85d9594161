using System.Text.Json;
using OrleansMcp.Configuration.Upstreams;
using OrleansMcp.Upstreams;

namespace OrleansMcp.Sessions.Upstreams;

/// <summary>Reads the lists of servers: all pages, up to the server's limits.</summary>
internal static class UpstreamLists
{
    private const int MaxPages = 200;

    /// <summary>The entries of a list.</summary>
    /// <param name="server">The server.</param>
    /// <param name="method">The method that lists.</param>
    /// <param name="member">The member of the result that has the entries.</param>
    /// <param name="send">Sends a request.</param>
    /// <exception cref="UpstreamException">The list is longer than it may be, or none.</exception>
    public static async Task<IReadOnlyList<JsonElement>> ReadAsync(
        UpstreamConfiguration server, string method, string member, Func<UpstreamRequest, ValueTask<UpstreamResult>> send)
    {
        List<JsonElement> entries = [];
        var bytes = 0L;
        string? cursor = null;
        for (var page = 0; page < MaxPages; page++)
        {
            using var result = await send(new UpstreamListRequest(method, cursor));
            if (!result.Value.TryGetProperty(member, out var listed) || listed.ValueKind != JsonValueKind.Array)
            {
                throw new UpstreamException(server.Name, UpstreamFault.Invalid, $"answered {method} without a list.");
            }

            bytes += listed.GetRawText().Length;
            if (entries.Count + listed.GetArrayLength() > server.MaxItems || bytes > server.MaxAnswerBytes)
            {
                throw new UpstreamException(server.Name, UpstreamFault.TooMuch, $"lists more than it may: {server.MaxItems} entries of {server.MaxAnswerBytes} bytes together.");
            }

            entries.AddRange(listed.Clone().EnumerateArray());
            var next = result.Value.TryGetProperty("nextCursor"u8, out var given) && given.ValueKind == JsonValueKind.String ? given.GetString() : null;
            if (next is null)
            {
                return entries;
            }

            cursor = next;
        }

        throw new UpstreamException(server.Name, UpstreamFault.TooMuch, $"lists on more than {MaxPages} pages.");
    }
}
