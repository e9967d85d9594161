using System.Buffers;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace OrleansMcp.Upstream.Exchanges;

/// <summary>
/// The stream of a connection that is read once and brings a secret: keeps the buffers that it was read into where they are, and zeroes them when the
/// connection closes. HttpClient's are its own, not from a pool. What lies beneath TLS is not seen: the library that decrypts keeps buffers of its own.
/// </summary>
/// <param name="inner">The stream.</param>
/// <param name="answer">The buffer of whoever reads the body, who zeroes it.</param>
internal sealed class ErasingStream(Stream inner, byte[] answer) : Stream
{
    private readonly Lock _gate = new(); // guards the fields below
    private readonly List<(byte[] Array, MemoryHandle Pin)> _read = [];
    private bool _isErased;

    public override bool CanRead => inner.CanRead;

    public override bool CanWrite => inner.CanWrite;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Remember(buffer);
        return inner.ReadAsync(buffer, cancellationToken);
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("It is read asynchronously.");

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => inner.WriteAsync(buffer, cancellationToken);

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("It is written asynchronously.");

    public override void Flush() => inner.Flush();

    public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
            Erase();
        }

        base.Dispose(disposing);
    }

    private void Remember(Memory<byte> buffer)
    {
        if (!MemoryMarshal.TryGetArray<byte>(buffer, out var segment) || segment.Array is not { } array || array == answer)
        {
            return;
        }

        lock (_gate)
        {
            if (!_isErased && !_read.Exists(known => known.Array == array))
            {
                _read.Add((array, buffer.Pin()));
            }
        }
    }

    private void Erase()
    {
        lock (_gate)
        {
            _isErased = true;
            foreach (var (array, pin) in _read)
            {
                CryptographicOperations.ZeroMemory(array);
                pin.Dispose();
            }

            _read.Clear();
        }
    }
}
