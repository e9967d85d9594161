using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace OrleansMcp.Records.Tools;

/// <summary>
/// Where the next page of a query begins, as its client carries it. It holds nothing that the client may not know and is worth nothing
/// without the right to read the namespace, so it needs no seal.
/// </summary>
internal static class RecordCursor
{
    private const int MaxLength = 2048;

    public static string Write(RecordPage page) =>
        Base64Url.EncodeToString(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{page.Snapshot} {page.Last}")));

    public static RecordPage Read(string cursor)
    {
        if (cursor.Length <= MaxLength && Base64Url.IsValid(cursor))
        {
            var text = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(cursor));
            var space = text.IndexOf(' ', StringComparison.Ordinal);
            if (space > 0 && long.TryParse(text.AsSpan(0, space), NumberStyles.None, CultureInfo.InvariantCulture, out var snapshot))
            {
                return new RecordPage([], snapshot, HasMore: true) { Last = text[(space + 1)..] };
            }
        }

        throw RecordArguments.Invalid("Argument 'cursor': this is none of this server's.");
    }
}
