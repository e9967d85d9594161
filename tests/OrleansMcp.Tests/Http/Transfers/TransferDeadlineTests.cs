using Microsoft.Extensions.Time.Testing;
using OrleansMcp.Configuration;
using OrleansMcp.Http.Transfers;

namespace OrleansMcp.Tests.Http.Transfers;

public sealed class TransferDeadlineTests : IDisposable
{
    private static readonly EndpointConfiguration s_limits = new() { TransferGrace = TimeSpan.FromSeconds(10), TransferBytesPerSecond = 1000 };

    private readonly FakeTimeProvider _time = new();
    private readonly TransferDeadline _deadline;
    private int _expired;

    public TransferDeadlineTests() => _deadline = new TransferDeadline(_time, s_limits, () => _expired++);

    public void Dispose() => _deadline.Dispose();

    [Fact]
    public void A_client_that_sends_nothing_has_the_grace()
    {
        Pass(9.9);
        Assert.Equal((0, false), (_expired, _deadline.IsOver));
        Pass(0.2);
        Assert.Equal((1, true), (_expired, _deadline.IsOver));
        Pass(100);
        Assert.Equal(1, _expired);
    }

    [Fact]
    public void What_was_sent_buys_the_time_that_it_takes_at_the_rate_and_not_a_moment_more()
    {
        _deadline.Moved(5000);
        Pass(14.9);
        Assert.Equal(0, _expired);
        Pass(0.2);
        Assert.Equal(1, _expired);
    }

    [Fact]
    public void A_byte_now_and_then_does_not_help()
    {
        for (var second = 0; second < 11; second++)
        {
            _deadline.Moved(1);
            Pass(1);
        }

        Assert.Equal(1, _expired);
    }

    [Fact]
    public void Who_is_made_to_wait_is_not_late_for_it()
    {
        _deadline.Waited(TimeSpan.FromSeconds(30));
        Pass(39.9);
        Assert.Equal(0, _expired);
        Pass(0.2);
        Assert.Equal(1, _expired);
    }

    private void Pass(double seconds) => _time.Advance(TimeSpan.FromSeconds(seconds));
}
