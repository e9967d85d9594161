using Microsoft.Extensions.Time.Testing;

namespace OrleansMcp.Tests.Time;

internal static class FakeTimeProviderExtensions
{
    /// <summary>
    /// Sets the clock to the next midnight and fires no timer: each keeps what is left of its due time. An engine that tests share starts each
    /// test in new windows, and the timers of its own loops are not made due by that.
    /// </summary>
    public static void SkipToNextDay(this FakeTimeProvider time)
    {
        var now = time.GetUtcNow();
        time.AdjustTime(now + TimeSpan.FromDays(1) - now.TimeOfDay);
    }
}
