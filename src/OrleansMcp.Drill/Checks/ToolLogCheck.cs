using OrleansMcp.Drill.History;

namespace OrleansMcp.Drill.Checks;

/// <summary>The tool log shows a tenant its own calls, and of those no argument and no value.</summary>
internal static class ToolLogCheck
{
    public const string Foreign = "another tenant's log entry";
    public const string Contents = "contents in the log";

    public static IEnumerable<Finding> Of(IReadOnlyList<Operation> history)
    {
        foreach (var reading in history.OfType<LogReading>().Where(reading => reading.IsOk))
        {
            if (reading.Tenants.FirstOrDefault(tenant => tenant != reading.Who.Tenant) is { } other)
            {
                yield return new(Foreign, $"{reading.Who} read an entry of tenant {other}.", [reading]);
            }

            if (reading.Body.Contains(reading.Marker, StringComparison.Ordinal))
            {
                yield return new(Contents, "The log holds what was in an argument or a value.", [reading]);
            }
        }
    }
}
