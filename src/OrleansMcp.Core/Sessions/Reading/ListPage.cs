using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Json;
using ModelContextProtocol.Protocol;
using OrleansMcp.Sessions.Calls;

namespace OrleansMcp.Sessions.Reading;

/// <summary>Pages of lists. The cursor is a position, valid as long as the list does not change.</summary>
internal static class ListPage
{
    private const int Size = 200;
    private const int MaxCursorLength = 16;

    /// <summary>The params of a list request, which may be left out.</summary>
    /// <exception cref="ModelContextProtocol.McpProtocolException">The cursor is none of ours.</exception>
    public static T ParamsOf<T>(RunningCall call) where T : PaginatedRequestParams, new()
    {
        var parameters = new T();
        if (call.Message.Params.ValueKind == JsonValueKind.Object
            && call.Message.Params.TryGetProperty("cursor"u8, out var cursor) && cursor.ValueKind != JsonValueKind.Null)
        {
            parameters.Cursor = cursor.ValueKind == JsonValueKind.String ? cursor.GetString() : throw Invalid();
        }

        return parameters;
    }

    /// <exception cref="ModelContextProtocol.McpProtocolException">The cursor is none of ours.</exception>
    public static (List<T> Page, string? Next) Of<T>(string? cursor, IEnumerable<T> all)
    {
        var start = cursor is null ? 0 : Position(cursor);
        var rest = all.Skip(start).Take(Size + 1).ToList();
        if (rest.Count <= Size)
        {
            return (rest, null);
        }

        rest.RemoveAt(Size);
        return (rest, Base64Url.EncodeToString(Encoding.ASCII.GetBytes((start + Size).ToString(CultureInfo.InvariantCulture))));
    }

    private static int Position(string cursor)
    {
        Span<byte> text = stackalloc byte[MaxCursorLength];
        return cursor.Length <= MaxCursorLength && Base64Url.IsValid(cursor) && Base64Url.TryDecodeFromChars(cursor, text, out var length)
            && int.TryParse(text[..length], NumberStyles.None, CultureInfo.InvariantCulture, out var position)
            ? position
            : throw Invalid();
    }

    private static ModelContextProtocol.McpProtocolException Invalid() => Failures.InvalidParams("Invalid cursor.");
}
