namespace OrleansMcp.Configuration;

/// <summary>Reads the section <c>signals</c>.</summary>
internal static class SignalReader
{
    private const int Most = 1_000_000;

    public static SignalConfiguration Read(YamlSection root)
    {
        var defaults = new SignalConfiguration();
        if (root.Section("signals") is not { } section)
        {
            return defaults;
        }

        var signals = new SignalConfiguration
        {
            AttemptsPerMinute = section.Integer("attemptsPerMinute", defaults.AttemptsPerMinute, 0, Most),
            Denials = section.Integer("denials", defaults.Denials, 1, Most),
            DenialWindow = section.Duration("denialWindow", defaults.DenialWindow, TimeSpan.FromSeconds(10), TimeSpan.FromDays(1)),
        };
        section.RejectUnknown();
        return signals;
    }
}
