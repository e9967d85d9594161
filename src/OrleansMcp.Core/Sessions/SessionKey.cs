using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using OrleansMcp.Tenants;

namespace OrleansMcp.Sessions;

/// <summary>
/// The identity of a session actor. Knowing it grants no access. The tenant of the verified caller, a point, and either the random nonce of
/// a session id (<c>acme.s-</c> and 32 hex digits) or, for clients of protocol 2026-07-28, which have no sessions, a hash of tenant, client
/// and subject (<c>acme.p-</c> and 32 hex digits). Safe as a file name and as a grain key.
/// </summary>
public readonly record struct SessionKey(string Value)
{
    private const int NumberBytes = 16;
    private const string Session = "s-";
    private const string Principal = "p-";

    /// <summary>The tenant; empty when the text is no key of a session.</summary>
    public string Tenant => SeparatorAt is var end and >= 0 ? Value[..end] : "";

    /// <summary>True when the actor belongs to a principal instead of a session that was opened.</summary>
    public bool IsPrincipal => SeparatorAt is var end and >= 0 && Value.AsSpan(end + 1).StartsWith(Principal, StringComparison.Ordinal);

    /// <summary>
    /// The session's name in logs, in replies and for operators: 12 hex digits of a hash, so that it reveals nothing of the session id.
    /// </summary>
    public string Name => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Value)).AsSpan(0, 6));

    private int SeparatorAt => TenantOfKey.End(Value) is var end and >= 0 && Value[end] == TenantOfKey.OfSession ? end : -1;

    /// <summary>The key of a session that a caller of <paramref name="tenant"/> opens.</summary>
    public static SessionKey OfSession(string tenant, ReadOnlySpan<byte> nonce) => Of(tenant, Session, nonce);

    /// <summary>The key of the actor of a principal of <paramref name="tenant"/>.</summary>
    public static SessionKey OfPrincipal(string tenant, ReadOnlySpan<byte> hash) => Of(tenant, Principal, hash);

    /// <inheritdoc/>
    public override string ToString() => Value;

    /// <summary>The key with this number.</summary>
    internal static SessionKey Of(string tenant, bool isPrincipal, UInt128 number)
    {
        Span<byte> bytes = stackalloc byte[NumberBytes];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, number);
        return Of(tenant, isPrincipal ? Principal : Session, bytes);
    }

    /// <summary>Whether this is the key of a session or a principal of <paramref name="tenant"/>.</summary>
    public bool IsOf(string tenant) => TryRead(tenant, out _);

    /// <summary>The nonce or hash in a key of <paramref name="tenant"/>. Unique within the tenant, because a client cannot choose it.</summary>
    /// <exception cref="ArgumentException">This is no key of the tenant.</exception>
    internal UInt128 Number(string tenant) =>
        TryRead(tenant, out var number) ? number : throw new ArgumentException($"This is no key of a session of tenant '{tenant}'.", nameof(tenant));

    private bool TryRead(string tenant, out UInt128 number)
    {
        Span<byte> bytes = stackalloc byte[NumberBytes];
        var isRead = Value.StartsWith(tenant, StringComparison.Ordinal)
            && Value.AsSpan(tenant.Length) is [TenantOfKey.OfSession, 's' or 'p', '-', .. var digits]
            && digits.Length == 2 * NumberBytes
            && Convert.FromHexString(digits, bytes, out _, out _) == OperationStatus.Done;
        number = isRead ? BinaryPrimitives.ReadUInt128BigEndian(bytes) : default;
        return isRead;
    }

    /// <summary>Refuses a tenant id with a separator: its keys could be read as those of another tenant.</summary>
    private static SessionKey Of(string tenant, string kind, ReadOnlySpan<byte> rest) => tenant.Length > 0 && TenantOfKey.End(tenant) < 0
        ? new($"{tenant}{TenantOfKey.OfSession}{kind}{Convert.ToHexStringLower(rest)}")
        : throw new ArgumentException("This is no id of a tenant.", nameof(tenant));
}
