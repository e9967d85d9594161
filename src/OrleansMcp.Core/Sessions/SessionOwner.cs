using System.Security.Cryptography;
using System.Text;

namespace OrleansMcp.Sessions;

/// <summary>
/// The owner of a session: fixed when it opens, compared with the caller of every message, never changed. The owner may present a refreshed
/// credential; a caller of another tenant, client, subject or proven key is a stranger.
/// </summary>
public sealed record SessionOwner(string Tenant, string Client, string Subject, string? KeyThumbprint)
{
    /// <summary>The owner of a session that <paramref name="caller"/> opens.</summary>
    public static SessionOwner Of(Caller caller) => new(caller.Tenant, caller.Client, caller.Subject, caller.KeyThumbprint);

    /// <summary>Whether <paramref name="caller"/> is this owner. Compares identities, which are not secret, field by field.</summary>
    public bool Is(Caller caller) =>
        string.Equals(Tenant, caller.Tenant, StringComparison.Ordinal)
        && string.Equals(Client, caller.Client, StringComparison.Ordinal)
        && string.Equals(Subject, caller.Subject, StringComparison.Ordinal)
        && string.Equals(KeyThumbprint, caller.KeyThumbprint, StringComparison.Ordinal);

    /// <summary>The key of the one actor that serves <paramref name="caller"/> where the protocol has no sessions.</summary>
    public static SessionKey PrincipalKey(Caller caller)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Canonical(caller.Tenant, caller.Client, caller.Subject, caller.KeyThumbprint), hash);
        return SessionKey.OfPrincipal(caller.Tenant, hash[..16]);
    }

    /// <summary>An unambiguous byte form (length-prefixed fields), for MACs and hashes that are bound to the owner.</summary>
    internal static byte[] Canonical(string tenant, string client, string subject, string? thumbprint)
    {
        var buffer = new MemoryStream(64);
        using var writer = new BinaryWriter(buffer, Encoding.UTF8);
        writer.Write(tenant);
        writer.Write(client);
        writer.Write(subject);
        writer.Write(thumbprint is not null);
        writer.Write(thumbprint ?? "");
        return buffer.ToArray();
    }
}
