using System.Security.Cryptography;
using OrleansMcp.IO;
using OrleansMcp.Secrets;

namespace OrleansMcp.Upstream.Credentials;

/// <summary>
/// The stream of a connection to a server (HTTP/1.1, before TLS): writes a secret where a request has its placeholder. The secret is copied into a
/// pinned buffer, which is zeroed as soon as it is written.
/// </summary>
internal sealed class CredentialStream(Stream inner, ISubstitution substitution) : DelegatingStream(inner)
{
    private byte[] _held = []; // the beginning of a placeholder that the last write ended with

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var whole = _held.Length == 0 ? buffer : Join(_held, buffer);
        _held = [];
        var at = whole.Span.IndexOf(substitution.Placeholder.Span);
        return at < 0 ? Inner.WriteAsync(whole[..^Hold(whole.Span)], cancellationToken) : WriteWithSecretAsync(whole, at, cancellationToken);
    }

    private async ValueTask WriteWithSecretAsync(ReadOnlyMemory<byte> whole, int at, CancellationToken cancellationToken)
    {
        var replaced = Replace(whole, at, out var end);
        try
        {
            while (replaced.AsSpan(end).IndexOf(substitution.Placeholder.Span) is >= 0 and var next)
            {
                var former = replaced;
                replaced = Replace(former, end + next, out end);
                CryptographicOperations.ZeroMemory(former);
            }

            await Inner.WriteAsync(replaced.AsMemory(0, replaced.Length - Hold(replaced.AsSpan(end))), cancellationToken);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(replaced);
        }
    }

    /// <param name="whole">What is written.</param>
    /// <param name="at">Where the placeholder begins in it.</param>
    /// <param name="end">Where the secret ends in the result.</param>
    private byte[] Replace(ReadOnlyMemory<byte> whole, int at, out int end)
    {
        var length = substitution.Placeholder.Length;
        var replaced = substitution.Use((whole, at, length), static (secret, place) => Replace(place.whole.Span, place.at, place.length, secret));
        end = replaced.Length - (whole.Length - at - length);
        return replaced;
    }

    private static byte[] Replace(ReadOnlySpan<byte> whole, int at, int length, ReadOnlySpan<byte> secret)
    {
        var replaced = SecretBuffer.Allocate(whole.Length - length + secret.Length);
        whole[..at].CopyTo(replaced);
        secret.CopyTo(replaced.AsSpan(at));
        whole[(at + length)..].CopyTo(replaced.AsSpan(at + secret.Length));
        return replaced;
    }

    /// <summary>Holds back what may be the beginning of a placeholder, until what follows is written. Returns how many bytes at the end that is.</summary>
    private int Hold(ReadOnlySpan<byte> written)
    {
        var placeholder = substitution.Placeholder.Span;
        var end = written[Math.Max(0, written.Length - placeholder.Length + 1)..];
        var begun = end.LastIndexOf(placeholder[0]) is >= 0 and var first && placeholder.StartsWith(end[first..]) ? end.Length - first : 0;
        _held = begun == 0 ? [] : written[^begun..].ToArray();
        return begun;
    }

    private static byte[] Join(ReadOnlySpan<byte> first, ReadOnlyMemory<byte> second)
    {
        var joined = new byte[first.Length + second.Length];
        first.CopyTo(joined);
        second.Span.CopyTo(joined.AsSpan(first.Length));
        return joined;
    }
}
