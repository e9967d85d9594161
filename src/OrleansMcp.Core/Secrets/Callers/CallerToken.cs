using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;

namespace OrleansMcp.Secrets.Callers;

/// <summary>
/// The verified token of the caller of one request, as bytes in a pinned buffer. It can be exchanged for a token of another server while the request runs;
/// nobody keeps it or passes it on. Those who need it hold it; with the last of them it is zeroed. Safe to use from any thread.
/// </summary>
public sealed class CallerToken : IDisposable
{
    private readonly Lock _gate = new(); // guards _holders, and _bytes against being zeroed while they are read

    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    private readonly byte[] _bytes;

    private int _holders = 1;

    /// <param name="bytes">A buffer of <see cref="SecretBuffer.Allocate"/>, which belongs to the token from here on.</param>
    internal CallerToken(byte[] bytes) => _bytes = bytes;

    /// <summary>
    /// The token of a header <c>Authorization</c>. The web server has read the header into a string, and the verification of the token makes more of them:
    /// those are out of reach, and garbage once the request is answered. Nothing that follows makes another one.
    /// </summary>
    /// <param name="token">ASCII (RFC 7515, section 7.1).</param>
    public static CallerToken Of(ReadOnlySpan<char> token)
    {
        var bytes = SecretBuffer.Allocate(token.Length);
        Encoding.ASCII.GetBytes(token, bytes);
        return new CallerToken(bytes);
    }

    /// <summary>The same for one holder more; null when it is zeroed already.</summary>
    internal CallerToken? Share()
    {
        lock (_gate)
        {
            if (_holders == 0)
            {
                return null;
            }

            _holders++;
            return this;
        }
    }

    /// <summary>Lets <paramref name="read"/> see the token. False when it is zeroed already: the request is over.</summary>
    /// <param name="state">What <paramref name="read"/> gets beside it.</param>
    /// <param name="read">Copies what it needs, and returns: the end of the request waits for it.</param>
    internal bool TryUse<TState>(TState state, Action<ReadOnlySpan<byte>, TState> read)
    {
        lock (_gate)
        {
            if (_holders == 0)
            {
                return false;
            }

            read(_bytes, state);
            return true;
        }
    }

    /// <summary>One holder less. Called once by each.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_holders > 0 && --_holders == 0)
            {
                CryptographicOperations.ZeroMemory(_bytes);
            }
        }
    }
}
