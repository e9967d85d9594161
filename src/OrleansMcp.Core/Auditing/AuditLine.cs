using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace OrleansMcp.Auditing;

/// <summary>
/// The stored form of an entry in its chain: one JSON object whose last member is <c>hash</c>, the SHA-256 of exactly the bytes before that
/// member, closed with a brace. They include the chain's name, so that an entry cannot be moved to another tenant's chain.
/// </summary>
/// <param name="Chain">The chain that the entry was written for.</param>
/// <param name="Previous">The preceding entry; its sequence is one less.</param>
/// <param name="Head">The entry's own sequence and hash, as stored in it.</param>
/// <param name="At">When the event happened.</param>
/// <param name="IsIntact">Whether the hash is that of the entry.</param>
public sealed record AuditLine(string Chain, AuditHead Previous, AuditHead Head, DateTimeOffset At, bool IsIntact)
{
    private static readonly byte[] s_hash = ",\"hash\":\""u8.ToArray();
    private static readonly byte[] s_end = "\"}"u8.ToArray();

    private static int TailLength => s_hash.Length + AuditHead.HashLength + s_end.Length;

    /// <summary>The line of <paramref name="entry"/>, without a line break, and the chain's new head.</summary>
    public static (byte[] Line, AuditHead Head) Write(string chain, AuditHead previous, AuditEntry entry)
    {
        var sequence = previous.Sequence + 1;
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("chain", chain);
            json.WriteNumber("sequence", sequence);
            json.WriteString("previous", previous.Hash);
            json.WriteString("at", entry.At.ToUniversalTime());
            Write(json, "event", entry.Event);
            Write(json, "tenant", entry.Tenant);
            Write(json, "client", entry.Client);
            Write(json, "subject", entry.Subject);
            Write(json, "session", entry.Session);
            Write(json, "ownerTenant", entry.OwnerTenant);
            Write(json, "ownerClient", entry.OwnerClient);
            Write(json, "what", entry.What);
            json.WriteEndObject();
        }

        var body = buffer.WrittenSpan;
        var hash = Convert.ToHexStringLower(SHA256.HashData(body));
        return ([.. body[..^1], .. s_hash, .. Encoding.ASCII.GetBytes(hash), .. s_end], new AuditHead(sequence, hash));
    }

    /// <summary>The line of an entry whose hash is stored apart from it. The hash is written as stored and not checked.</summary>
    public static byte[] Write(string chain, AuditHead previous, AuditEntry entry, string storedHash)
    {
        var (line, _) = Write(chain, previous, entry);
        return [.. line[..^(AuditHead.HashLength + s_end.Length)], .. Encoding.ASCII.GetBytes(storedHash), .. s_end];
    }

    /// <summary>Reads a line without its line break; false when it is not an entry of a chain.</summary>
    public static bool TryRead(ReadOnlySpan<byte> line, [NotNullWhen(true)] out AuditLine? read)
    {
        read = null;
        if (line.Length <= TailLength || !line.EndsWith(s_end) || !line[^TailLength..].StartsWith(s_hash))
        {
            return false;
        }

        var stored = Encoding.ASCII.GetString(line[^(AuditHead.HashLength + s_end.Length)..^s_end.Length]);
        byte[] body = [.. line[..^TailLength], (byte)'}'];
        try
        {
            using var json = JsonDocument.Parse(body);
            var root = json.RootElement;
            if (root.GetProperty("previous").GetString() is not { } previous || root.GetProperty("chain").GetString() is not { } chain)
            {
                return false;
            }

            var sequence = root.GetProperty("sequence").GetInt64();
            read = new AuditLine(
                chain, new(sequence - 1, previous), new(sequence, stored), root.GetProperty("at").GetDateTimeOffset(),
                Convert.ToHexStringLower(SHA256.HashData(body)) == stored);
            return true;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            return false;
        }
    }

    // A lone surrogate has no UTF-8 form: GetBytes replaces it, and the hash is computed from the bytes that readers see.
    private static void Write(Utf8JsonWriter json, string name, string? value)
    {
        if (value is not null)
        {
            json.WriteString(name, Encoding.UTF8.GetBytes(value));
        }
    }
}
