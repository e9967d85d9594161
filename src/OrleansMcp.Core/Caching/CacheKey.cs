using System.Security.Cryptography;
using System.Text;
using OrleansMcp.Sessions;

namespace OrleansMcp.Caching;

/// <summary>
/// What a kept result is found by. It begins with the verified caller: without a tenant there is no key, and no part of it comes from a
/// header, an argument named like a tenant, or a result.
/// </summary>
public sealed class CacheKey
{
    private CacheKey(string tenant, string client, string subject, string digest)
    {
        ArgumentException.ThrowIfNullOrEmpty(tenant);
        ArgumentException.ThrowIfNullOrEmpty(client);
        ArgumentException.ThrowIfNullOrEmpty(digest);
        (Tenant, Client, Subject, Digest) = (tenant, client, subject, digest);
    }

    /// <summary>The tenant of the caller; its actor refuses keys of another.</summary>
    public string Tenant { get; }

    /// <summary>The client of the caller: whose share of the cache a result counts towards.</summary>
    public string Client { get; }

    /// <summary>Whom the client acts for.</summary>
    public string Subject { get; }

    /// <summary>A digest of all that a result may depend on, SHA-256 in hexadecimal.</summary>
    public string Digest { get; }

    /// <summary>For engines that carry keys between processes: a key that was made by a session elsewhere.</summary>
    /// <exception cref="ArgumentException">Tenant, client or digest is missing.</exception>
    public static CacheKey Restore(string tenant, string client, string subject, string digest) => new(tenant, client, subject, digest);

    /// <summary>The key of a call.</summary>
    internal static CacheKey Of(Caller caller, CacheSharing sharing, CachedCall call)
    {
        var buffer = new MemoryStream(256);
        using var writer = new BinaryWriter(buffer, Encoding.UTF8); // Strings are preceded by their length: no two lists of fields are the same bytes.
        writer.Write(caller.Tenant);
        writer.Write((byte)sharing);
        writer.Write(sharing == CacheSharing.Client ? caller.Client : "");
        writer.Write(sharing == CacheSharing.Client ? caller.Subject : "");
        writer.Write(call.SeesCredential);
        if (call.SeesCredential)
        {
            WriteCredential(writer, caller);
        }

        writer.Write(call.Tool);
        writer.Write(call.ToolVersion);
        writer.Write(call.ProtocolVersion);
        writer.Write(call.Permissions);
        writer.Write(call.Arguments);
        writer.Flush();
        var digest = SHA256.HashData(buffer.GetBuffer().AsSpan(0, (int)buffer.Length));
        return new(caller.Tenant, caller.Client, caller.Subject, Convert.ToHexStringLower(digest));
    }

    /// <summary>A tool or a filter that may look at a role must not be answered with a result for another role.</summary>
    private static void WriteCredential(BinaryWriter writer, Caller caller)
    {
        writer.Write(caller.Scopes?.Count ?? -1);
        foreach (var scope in caller.Scopes?.Order(StringComparer.Ordinal) ?? Enumerable.Empty<string>())
        {
            writer.Write(scope);
        }

        writer.Write(caller.Claims.Count);
        foreach (var claim in caller.Claims)
        {
            writer.Write(claim.Type);
            writer.Write(claim.Value);
        }
    }
}

/// <summary>What a result depends on beside its caller.</summary>
/// <param name="Tool">The tool's name.</param>
/// <param name="ToolVersion">Changes when the tool is declared otherwise.</param>
/// <param name="ProtocolVersion">The revision that the result is written for.</param>
/// <param name="Permissions">The fingerprint of what the session may do with this credential.</param>
/// <param name="Arguments">The digest of the canonical arguments.</param>
internal sealed record CachedCall(string Tool, string ToolVersion, string ProtocolVersion, string Permissions, string Arguments)
{
    /// <summary>Whether the tool, or a filter around it, sees the scopes and claims of the caller's credential.</summary>
    public bool SeesCredential { get; init; }
}
