using System.Buffers;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using OrleansMcp.IO;

namespace OrleansMcp.Upstream.Exchanges;

/// <summary>
/// The stream of a connection that is read once and brings a secret: keeps the buffers that it was read into where they are, and zeroes them when the
/// connection closes. HttpClient's are its own, not from a pool. What lies beneath TLS is not seen: the library that decrypts keeps buffers of its own.
/// </summary>
/// <param name="inner">The stream.</param>
/// <param name="answer">The buffer of whoever reads the body, who zeroes it.</param>
internal sealed class ErasingStream(Stream inner, byte[] answer) : DelegatingStream(inner)
{
    private readonly Lock _gate = new(); // guards the fields below
    private readonly List<(byte[] Array, MemoryHandle Pin)> _read = [];
    private bool _isErased;

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Remember(buffer);
        return Inner.ReadAsync(buffer, cancellationToken);
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (disposing)
        {
            Erase();
        }
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
