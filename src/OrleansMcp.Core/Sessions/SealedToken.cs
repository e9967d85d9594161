using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace OrleansMcp.Sessions;

/// <summary>The result of judging a token.</summary>
public enum TokenVerdict
{
    /// <summary>Issued here, to this caller.</summary>
    Valid,

    /// <summary>Never issued here.</summary>
    Forged,

    /// <summary>Issued here, to another client or user of the caller's tenant.</summary>
    ForeignClient,

    /// <summary>Issued here, to another tenant.</summary>
    ForeignTenant,
}

/// <summary>
/// Issues and judges tokens of the form <c>nonce.mac1.mac2</c> (base64url): 128 random bits; a MAC of the nonce, which says that the token
/// was issued here; a MAC of nonce and owner, which says to whom (after four bytes of a MAC of nonce and tenant, which tell an attempt
/// across clients from one across tenants). Judging one touches no storage and no actor.
/// </summary>
internal sealed class SealedToken
{
    private const int NonceBytes = 16;
    private const int IssueBytes = 16;
    private const int TenantBytes = 4;
    private const int OwnerBytes = TenantBytes + 16;

    // base64url without padding: 22 + 1 + 22 + 1 + 27 characters.
    private const int NonceChars = 22;
    private const int IssueChars = 22;
    private const int OwnerChars = 27;
    internal const int Length = NonceChars + 1 + IssueChars + 1 + OwnerChars;

    private readonly byte[][] _keys;

    /// <param name="keys">The first issues; all verify. At least 32 bytes each.</param>
    /// <param name="purpose">Separates kinds of tokens: a token of another purpose is judged as forged.</param>
    public SealedToken(IReadOnlyList<byte[]> keys, string purpose)
    {
        if (keys.Count == 0 || keys.Any(key => key.Length < 32))
        {
            throw new ArgumentException("At least one key of 32 bytes or more is needed.", nameof(keys));
        }

        _keys = [.. keys.Select(key => HKDF.DeriveKey(HashAlgorithmName.SHA256, key, 32, info: Encoding.UTF8.GetBytes(purpose)))];
    }

    public (string Token, byte[] Nonce) Issue(Caller owner)
    {
        var nonce = RandomNumberGenerator.GetBytes(NonceBytes);
        Span<byte> issue = stackalloc byte[IssueBytes];
        Span<byte> bound = stackalloc byte[OwnerBytes];
        IssueMac(_keys[0], nonce, issue);
        OwnerMac(_keys[0], nonce, owner, bound);
        return ($"{Base64Url.EncodeToString(nonce)}.{Base64Url.EncodeToString(issue)}.{Base64Url.EncodeToString(bound)}", nonce);
    }

    /// <summary>Judges <paramref name="token"/>; on <see cref="TokenVerdict.Valid"/> its nonce is in <paramref name="nonce"/> (16 bytes).</summary>
    public TokenVerdict Judge(ReadOnlySpan<char> token, Caller caller, Span<byte> nonce)
    {
        Span<byte> issue = stackalloc byte[IssueBytes];
        Span<byte> owner = stackalloc byte[OwnerBytes];
        if (!TrySplit(token, nonce, issue, owner))
        {
            return TokenVerdict.Forged;
        }

        Span<byte> expected = stackalloc byte[OwnerBytes];
        foreach (var key in _keys)
        {
            IssueMac(key, nonce, expected[..IssueBytes]);
            if (!CryptographicOperations.FixedTimeEquals(issue, expected[..IssueBytes]))
            {
                continue;
            }

            OwnerMac(key, nonce, caller, expected);
            var sameTenant = CryptographicOperations.FixedTimeEquals(owner[..TenantBytes], expected[..TenantBytes]);
            var sameOwner = CryptographicOperations.FixedTimeEquals(owner, expected);
            return sameOwner ? TokenVerdict.Valid : sameTenant ? TokenVerdict.ForeignClient : TokenVerdict.ForeignTenant;
        }

        return TokenVerdict.Forged;
    }

    private static bool TrySplit(ReadOnlySpan<char> token, Span<byte> nonce, Span<byte> issue, Span<byte> owner) =>
        token.Length == Length && token[NonceChars] == '.' && token[NonceChars + 1 + IssueChars] == '.'
        && Decode(token[..NonceChars], nonce)
        && Decode(token.Slice(NonceChars + 1, IssueChars), issue)
        && Decode(token[^OwnerChars..], owner);

    private static bool Decode(ReadOnlySpan<char> text, Span<byte> bytes)
    {
        try
        {
            return Base64Url.TryDecodeFromChars(text, bytes, out var written) && written == bytes.Length;
        }
        catch (FormatException)
        {
            return false;
        }
    }

    private static void IssueMac(ReadOnlySpan<byte> key, ReadOnlySpan<byte> nonce, Span<byte> mac)
    {
        Span<byte> full = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(key, nonce, full);
        full[..IssueBytes].CopyTo(mac);
    }

    private static void OwnerMac(ReadOnlySpan<byte> key, ReadOnlySpan<byte> nonce, Caller owner, Span<byte> mac)
    {
        Span<byte> full = stackalloc byte[HMACSHA256.HashSizeInBytes];
        Mac(key, nonce, 'o', SessionOwner.Canonical(owner.Tenant, owner.Client, owner.Subject, owner.KeyThumbprint), full);
        full[..(OwnerBytes - TenantBytes)].CopyTo(mac[TenantBytes..]);
        Mac(key, nonce, 't', Encoding.UTF8.GetBytes(owner.Tenant), full);
        full[..TenantBytes].CopyTo(mac);
    }

    private static void Mac(ReadOnlySpan<byte> key, ReadOnlySpan<byte> nonce, char label, ReadOnlySpan<byte> bound, Span<byte> mac)
    {
        var size = NonceBytes + 1 + bound.Length;
        var input = size <= 256 ? stackalloc byte[size] : new byte[size];
        nonce.CopyTo(input);
        input[NonceBytes] = (byte)label;
        bound.CopyTo(input[(NonceBytes + 1)..]);
        HMACSHA256.HashData(key, input, mac);
    }
}
