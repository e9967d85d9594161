namespace OrleansMcp.Authorization.Policies.Counters;

/// <summary>How long a counter counts before it begins again at zero. Windows are fixed and aligned in UTC.</summary>
public enum CounterWindow
{
    /// <summary>From second 0 to second 60.</summary>
    Minute,

    /// <summary>From the full hour to the next.</summary>
    Hour,

    /// <summary>From midnight to midnight.</summary>
    Day,
}

/// <summary>The arithmetic of windows.</summary>
internal static class CounterWindows
{
    public static TimeSpan Length(this CounterWindow window) => window switch
    {
        CounterWindow.Minute => TimeSpan.FromMinutes(1),
        CounterWindow.Hour => TimeSpan.FromHours(1),
        _ => TimeSpan.FromDays(1),
    };

    /// <summary>The beginning of the window of <paramref name="now"/>, UTC.</summary>
    public static DateTimeOffset StartAt(this CounterWindow window, DateTimeOffset now)
    {
        var ticks = now.UtcTicks;
        return new DateTimeOffset(ticks - (ticks % window.Length().Ticks), TimeSpan.Zero);
    }

    /// <summary>Whole seconds until a window that began at <paramref name="start"/> is over, at least 1.</summary>
    public static int SecondsLeft(this CounterWindow window, DateTimeOffset start, DateTimeOffset now) =>
        (int)Math.Max(1, Math.Ceiling((start + window.Length() - now).TotalSeconds));
}
