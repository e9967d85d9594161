using OrleansMcp.Upstream.Exchanges;

namespace OrleansMcp.Tests.Upstreams.Exchanges;

public sealed class ErasingStreamTests
{
    private static readonly byte[] s_sent = [.. "a secret answer"u8];

    [Fact]
    public async Task What_was_read_is_zeroed_in_all_buffers_when_the_connection_closes_and_not_before()
    {
        var (first, second, own) = (new byte[64], new byte[64], new byte[64]);
        var stream = new ErasingStream(new MemoryStream([.. s_sent, .. s_sent, .. s_sent, .. s_sent]), own);
        await stream.ReadExactlyAsync(first.AsMemory(10, s_sent.Length), TestContext.Current.CancellationToken);
        await stream.ReadExactlyAsync(first.AsMemory(30, s_sent.Length), TestContext.Current.CancellationToken);
        await stream.ReadExactlyAsync(second.AsMemory(0, s_sent.Length), TestContext.Current.CancellationToken);
        await stream.ReadExactlyAsync(own.AsMemory(0, s_sent.Length), TestContext.Current.CancellationToken);
        first.AsSpan(10, s_sent.Length).CopyTo(first); // Its user moves what it has not looked at yet.
        Assert.Equal(s_sent, first[30..(30 + s_sent.Length)]);
        await stream.DisposeAsync();
        Assert.All(first.Concat(second), one => Assert.Equal(0, one));
        Assert.Equal(s_sent, own[..s_sent.Length]); // It is read by whoever gave it, who zeroes it.
        await stream.DisposeAsync();
    }
}
