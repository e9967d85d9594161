using System.Security.Cryptography;
using OrleansMcp.Secrets;

namespace OrleansMcp.Upstream.Credentials;

/// <summary>
/// The stream of a connection to a server (HTTP/1.1, before TLS): writes the secret where a request has its placeholder. The secret is copied into a
/// pinned buffer, which is zeroed as soon as it is written.
/// </summary>
internal sealed class CredentialStream(Stream inner, HeaderCredential credential) : Stream
{
    private byte[] _held = []; // the beginning of a placeholder that the last write ended with

    public override bool CanRead => inner.CanRead;

    public override bool CanWrite => inner.CanWrite;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => inner.ReadAsync(buffer, cancellationToken);

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        inner.ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => inner.Read(buffer, offset, count);

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var whole = _held.Length == 0 ? buffer : Join(_held, buffer);
        _held = [];
        var at = whole.Span.IndexOf(credential.Placeholder.Span);
        var begun = at < 0 ? BegunIn(whole.Span) : 0;
        if (begun > 0)
        {
            _held = whole[^begun..].ToArray();
            whole = whole[..^begun];
        }

        return at < 0 ? inner.WriteAsync(whole, cancellationToken) : WriteWithSecretAsync(whole, at, cancellationToken);
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("It is written asynchronously.");

    public override void Flush() => inner.Flush();

    public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override async ValueTask DisposeAsync()
    {
        await inner.DisposeAsync();
        await base.DisposeAsync();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }

    private async ValueTask WriteWithSecretAsync(ReadOnlyMemory<byte> whole, int at, CancellationToken cancellationToken)
    {
        var secret = credential.Use((whole, at, credential.Placeholder.Length), static (secret, place) => Replace(place.whole.Span, place.at, place.Length, secret));
        try
        {
            await inner.WriteAsync(secret, cancellationToken);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }

    private static byte[] Replace(ReadOnlySpan<byte> whole, int at, int length, ReadOnlySpan<byte> secret)
    {
        var replaced = SecretBuffer.Allocate(whole.Length - length + secret.Length);
        whole[..at].CopyTo(replaced);
        secret.CopyTo(replaced.AsSpan(at));
        whole[(at + length)..].CopyTo(replaced.AsSpan(at + secret.Length));
        return replaced;
    }

    /// <summary>How many bytes at the end are the beginning of a placeholder.</summary>
    private int BegunIn(ReadOnlySpan<byte> written)
    {
        var placeholder = credential.Placeholder.Span;
        var first = written[Math.Max(0, written.Length - placeholder.Length + 1)..].LastIndexOf(placeholder[0]);
        if (first < 0)
        {
            return 0;
        }

        var end = written[Math.Max(0, written.Length - placeholder.Length + 1)..][first..];
        return placeholder.StartsWith(end) ? end.Length : 0;
    }

    private static byte[] Join(ReadOnlySpan<byte> first, ReadOnlyMemory<byte> second)
    {
        var joined = new byte[first.Length + second.Length];
        first.CopyTo(joined);
        second.Span.CopyTo(joined.AsSpan(first.Length));
        return joined;
    }
}
