using OrleansMcp.Drill.History;
using OrleansMcp.Drill.Run;

namespace OrleansMcp.Drill.Report;

/// <summary>What was too little in a run for it to be called clean, and what to change.</summary>
internal static class Shortfalls
{
    public static IReadOnlyList<string> Of(DrillPlan plan, DrillHistory history, IReadOnlyList<AreaRow> rows) =>
    [
        .. Silence(history),
        .. rows.Where(row => row.State == CheckState.TooLittle).Select(row => $"{row.Area}: {row.Reason}. {row.Remedy ?? "Give the drill more --seconds or more clients."}"),
        .. plan.Clients.Select(client => OfClient(history, client)).OfType<string>(),
        .. rows.Any(row => row.State == CheckState.Clean) ? Array.Empty<string>() : ["Nothing was checked."],
    ];

    private static IEnumerable<string> Silence(DrillHistory history) => history.SilentAfter is { } since
        ? [FormattableString.Invariant($"The server stopped answering {since.TotalSeconds:0.0} s after the beginning. {new Hindrance(HindranceKind.Silence, "").Remedy}")]
        : [];

    private static string? OfClient(DrillHistory history, DrillClient client)
    {
        var operations = history.Operations.Where(operation => operation.Client == client).ToList();
        var counts = Counts.Of(operations);
        return counts.IsMostlyHindered && Counts.MostFrequent(operations) is { } hindrance
            ? FormattableString.Invariant($"{client}: {counts.Hindered} of {counts.All} operations were not done, most often for: {hindrance}. {hindrance.Remedy}")
            : null;
    }
}
