using System.Buffers.Text;

namespace OrleansMcp.Sessions;

/// <summary>
/// Issues session ids and handles, and judges the ones that callers present, before any actor or storage is touched. A session id is
/// 73 characters of visible ASCII (2025-11-25, Session Management). It is never authentication: the caller's credential is.
/// </summary>
public sealed class SessionIdIssuer
{
    private readonly SealedToken _ids;
    private readonly SealedToken _states;
    private readonly JudgedIds _judged = new();

    /// <param name="keys">The first issues; all verify, so that keys can be rotated. 32 bytes or more each.</param>
    public SessionIdIssuer(IReadOnlyList<byte[]> keys)
    {
        _ids = new SealedToken(keys, "orleansmcp session id");
        _states = new SealedToken(keys, "orleansmcp request state");
    }

    /// <summary>A new id, bound to <paramref name="owner"/>, and the key of its actor.</summary>
    public (string Id, SessionKey Key) Issue(Caller owner)
    {
        var (token, nonce) = _ids.Issue(owner);
        return (token, KeyOf(nonce));
    }

    /// <summary>Judges an id that <paramref name="caller"/> presents. The key is meaningful only when the verdict is valid.</summary>
    public TokenVerdict Judge(ReadOnlySpan<char> id, Caller caller, out SessionKey key)
    {
        if (_judged.TryFind(id, caller, out key))
        {
            return TokenVerdict.Valid;
        }

        Span<byte> nonce = stackalloc byte[16];
        var verdict = _ids.Judge(id, caller, nonce);
        if (verdict == TokenVerdict.Valid)
        {
            key = KeyOf(nonce);
            _judged.Add(id, caller, key);
        }

        return verdict;
    }

    /// <summary>A sealed reference to something a session holds for its owner, and the name it is held under.</summary>
    internal (string Token, string Name) IssueState(Caller owner)
    {
        var (token, nonce) = _states.Issue(owner);
        return (token, Base64Url.EncodeToString(nonce));
    }

    internal TokenVerdict JudgeState(string token, Caller caller, out string name)
    {
        Span<byte> nonce = stackalloc byte[16];
        var verdict = _states.Judge(token, caller, nonce);
        name = verdict == TokenVerdict.Valid ? Base64Url.EncodeToString(nonce) : "";
        return verdict;
    }

    private static SessionKey KeyOf(ReadOnlySpan<byte> nonce) => new("s-" + Convert.ToHexStringLower(nonce));
}
