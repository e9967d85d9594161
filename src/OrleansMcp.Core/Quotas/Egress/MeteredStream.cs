using OrleansMcp.IO;

namespace OrleansMcp.Quotas.Egress;

/// <summary>
/// Charges the bytes that are read or written. Reads and writes throw once the budget is used up; the one that used it up may exceed it.
/// </summary>
internal sealed class MeteredStream(Stream inner, IEgressMeter meter) : DelegatingStream(inner)
{
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        await meter.SpendAsync(Quota.EgressBytes, 0, cancellationToken);
        var count = await Inner.ReadAsync(buffer, cancellationToken);
        Count(count);
        return count;
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        await meter.SpendAsync(Quota.EgressBytes, 0, cancellationToken);
        Count(buffer.Length);
        await Inner.WriteAsync(buffer, cancellationToken);
    }

    public override int Read(byte[] buffer, int offset, int count) => ReadAsync(buffer.AsMemory(offset, count)).AsTask().GetAwaiter().GetResult();

    public override void Write(byte[] buffer, int offset, int count) => WriteAsync(buffer.AsMemory(offset, count)).AsTask().GetAwaiter().GetResult();

    private void Count(int bytes) => meter.Charge(Quota.EgressBytes, bytes);
}
