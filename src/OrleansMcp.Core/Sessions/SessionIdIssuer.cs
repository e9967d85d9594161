using System.Buffers.Text;
using OrleansMcp.Secrets.Callers;

namespace OrleansMcp.Sessions;

/// <summary>
/// Issues session ids and handles, and judges the ones that callers present, before any actor or storage is touched. A session id is
/// 73 characters of visible ASCII (2025-11-25, Session Management). It is never authentication: the caller's credential is.
/// </summary>
public sealed class SessionIdIssuer
{
    private volatile KeySet _keys;

    /// <param name="keys">The first issues; all verify, so that keys can be rotated. 32 bytes or more each.</param>
    public SessionIdIssuer(IReadOnlyList<byte[]> keys) => _keys = new KeySet(keys);

    /// <summary>
    /// Replaces the keys, for ids and request states in one write. A concurrent <see cref="Issue"/> or <see cref="Judge"/> uses either the
    /// former keys or these, never some of each, and takes no lock.
    /// </summary>
    /// <param name="keys">As for the constructor. Tokens that other keys issued are judged as forged from now on.</param>
    public void Use(IReadOnlyList<byte[]> keys) => _keys = new KeySet(keys);

    /// <summary>A new id, bound to <paramref name="owner"/>, and the key of its actor.</summary>
    public (string Id, SessionKey Key) Issue(Caller owner)
    {
        var (token, nonce) = _keys.Ids.Issue(owner);
        return (token, SessionKey.OfSession(owner.Tenant, nonce));
    }

    /// <summary>
    /// Judges an id that <paramref name="caller"/> presents. The key is meaningful only when the verdict is valid. Its tenant is the
    /// caller's: an id contains no tenant, and is valid only for the caller it was issued to.
    /// </summary>
    public TokenVerdict Judge(ReadOnlySpan<char> id, Caller caller, out SessionKey key)
    {
        var keys = _keys;
        if (keys.Judged.TryFind(id, caller, out key))
        {
            return TokenVerdict.Valid;
        }

        Span<byte> nonce = stackalloc byte[16];
        var verdict = keys.Ids.Judge(id, caller, nonce);
        if (verdict == TokenVerdict.Valid)
        {
            key = SessionKey.OfSession(caller.Tenant, nonce);
            keys.Judged.Add(id, caller, key);
        }

        return verdict;
    }

    /// <summary>A new <c>requestState</c>, bound to <paramref name="owner"/>, and the name under which the session holds its state.</summary>
    internal (string Token, string Name) IssueState(Caller owner)
    {
        var (token, nonce) = _keys.States.Issue(owner);
        return (token, Base64Url.EncodeToString(nonce));
    }

    internal TokenVerdict JudgeState(string token, Caller caller, out string name)
    {
        Span<byte> nonce = stackalloc byte[16];
        var verdict = _keys.States.Judge(token, caller, nonce);
        name = verdict == TokenVerdict.Valid ? Base64Url.EncodeToString(nonce) : "";
        return verdict;
    }

    /// <summary>Seals what is sent to another process of the cluster. As ids, it is opened with all keys and sealed with the first.</summary>
    internal CallerTokenSeal TokenSeal => _keys.TokenSeal;

    private sealed class KeySet(IReadOnlyList<byte[]> keys)
    {
        public SealedToken Ids { get; } = new(keys, "orleansmcp session id");

        /// <summary>The ids that these keys verified. Replaced together with the keys.</summary>
        public VerifiedIdCache Judged { get; } = new();

        public SealedToken States { get; } = new(keys, "orleansmcp request state");

        public CallerTokenSeal TokenSeal { get; } = new(keys);
    }
}
