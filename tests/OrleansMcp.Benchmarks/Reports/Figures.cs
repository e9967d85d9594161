namespace OrleansMcp.Benchmarks.Reports;

/// <summary>Numbers as tables show them.</summary>
internal static class Figures
{
    public static string Micro(double microseconds) => $"{microseconds:0.0} us";

    public static string Milli(double microseconds) => $"{microseconds / 1000:0.00} ms";

    public static string Rate(double perSecond) => $"{perSecond:N0}/s";

    public static string Mega(double bytes) => $"{bytes / (1024 * 1024):0.0} MB";

    public static string Kilo(double bytes) => $"{bytes / 1024:0.00} KB";

    public static string Times(double ratio) => $"{ratio:0.00}";

    public static string Spread(IReadOnlyCollection<double> ratios) => $"{Times(ratios.Min())} - {Times(ratios.Max())}";

    public static double Median(this IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted.Length == 0 ? 0 : (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
