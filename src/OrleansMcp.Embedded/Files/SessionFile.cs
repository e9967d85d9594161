using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using OrleansMcp.Sessions;
using OrleansMcp.State;

namespace OrleansMcp.Embedded.Files;

/// <summary>
/// The form of a session's file: one line of plain text, then the record as JSON. The line says whose file it is, when it falls due and what
/// the bytes after it must hash to, so that a start-up scan reads one line a file, and a file that was cut short, changed or copied
/// from another session is recognised.
/// </summary>
internal static class SessionFile
{
    public const string Suffix = ".session";
    public const int MaxHeaderLength = 512;

    private const string Magic = "orleansmcp-session-1";

    public static byte[] Write(SessionRecord record)
    {
        var payload = SessionRecordFormat.Write(record);
        var header = string.Create(CultureInfo.InvariantCulture,
            $"{Magic} {record.Key} {record.Owner.Tenant} {record.Owner.Client} {record.LastActiveAt.UtcTicks} {record.ExpiresAt.UtcTicks} {payload.Length} {Convert.ToHexStringLower(SHA256.HashData(payload))}\n");
        var file = new byte[Encoding.UTF8.GetByteCount(header) + payload.Length];
        var length = Encoding.UTF8.GetBytes(header, file);
        payload.CopyTo(file, length);
        return file;
    }

    /// <exception cref="SessionRecordException">The file is corrupt or belongs to another session.</exception>
    public static SessionRecord Read(SessionKey key, ReadOnlySpan<byte> file)
    {
        var header = ReadHeader(file) ?? throw new SessionRecordException("The file does not begin like a session's.");
        var payload = file[header.Length..];
        if (payload.Length != header.PayloadLength || Convert.ToHexStringLower(SHA256.HashData(payload)) != header.Hash)
        {
            throw new SessionRecordException("The file was cut short or changed.");
        }

        return header.Key == key.Value
            ? SessionRecordFormat.Read(key, payload)
            : throw new SessionRecordException("The file belongs to another session.");
    }

    /// <summary>The first line, or null when it is none.</summary>
    public static SessionFileHeader? ReadHeader(ReadOnlySpan<byte> file)
    {
        var end = file[..Math.Min(file.Length, MaxHeaderLength)].IndexOf((byte)'\n');
        if (end < 0)
        {
            return null;
        }

        var parts = Encoding.UTF8.GetString(file[..end]).Split(' ');
        return parts.Length == 8 && parts[0] == Magic
            && long.TryParse(parts[4], NumberStyles.None, CultureInfo.InvariantCulture, out var active)
            && long.TryParse(parts[5], NumberStyles.None, CultureInfo.InvariantCulture, out var expires)
            && int.TryParse(parts[6], NumberStyles.None, CultureInfo.InvariantCulture, out var length)
            && active <= DateTime.MaxValue.Ticks && expires <= DateTime.MaxValue.Ticks
                ? new SessionFileHeader(parts[1], parts[2], parts[3], new(active, TimeSpan.Zero), new(expires, TimeSpan.Zero), length, parts[7], end + 1)
                : null;
    }
}

internal sealed record SessionFileHeader(
    string Key, string Tenant, string Client, DateTimeOffset LastActiveAt, DateTimeOffset ExpiresAt, int PayloadLength, string Hash, int Length);
