using OrleansMcp.IO;

namespace OrleansMcp.Upstream.Connections;

/// <summary>
/// The body of a response, charged while it is read. Reading fails once more than <paramref name="limit"/> bytes came without <see cref="Renew"/>: a server may
/// stream for ever, but not without end in one message.
/// </summary>
internal sealed class BoundedStream(Stream inner, string server, int limit, Action<long> charge) : DelegatingStream(inner)
{
    private long _left = limit;

    /// <summary>What came so far is dealt with.</summary>
    public void Renew() => _left = limit;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var count = await Inner.ReadAsync(buffer, cancellationToken);
        charge(count);
        _left -= count;
        return _left >= 0 ? count : throw new UpstreamException(server, UpstreamFault.TooMuch, $"sent a message of more than {limit} bytes.");
    }
}
