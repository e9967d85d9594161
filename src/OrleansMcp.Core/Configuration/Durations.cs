using System.Globalization;

namespace OrleansMcp.Configuration;

/// <summary>Durations as people write them: <c>500ms</c>, <c>30s</c>, <c>15m</c>, <c>24h</c>, <c>7d</c>.</summary>
internal static class Durations
{
    private static readonly (string Suffix, TimeSpan Unit)[] s_units =
    [
        ("ms", TimeSpan.FromMilliseconds(1)), ("s", TimeSpan.FromSeconds(1)), ("m", TimeSpan.FromMinutes(1)), ("h", TimeSpan.FromHours(1)),
        ("d", TimeSpan.FromDays(1)),
    ];

    public static bool TryParse(string? text, out TimeSpan duration)
    {
        duration = default;
        foreach (var (suffix, unit) in s_units)
        {
            if (text?.EndsWith(suffix, StringComparison.Ordinal) == true
                && int.TryParse(text.AsSpan(0, text.Length - suffix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var count))
            {
                duration = unit * count;
                return true;
            }
        }

        return false;
    }

    public static string Format(TimeSpan duration)
    {
        var (suffix, unit) = s_units.Last(candidate => duration.Ticks % candidate.Unit.Ticks == 0);
        return string.Create(CultureInfo.InvariantCulture, $"{duration.Ticks / unit.Ticks}{suffix}");
    }
}
