using OrleansMcp.Drill.History;

namespace OrleansMcp.Drill.Checks;

/// <summary>The tool log shows a tenant the calls of the tenant alone, without arguments and values.</summary>
internal static class ToolLogCheck
{
    public const string Foreign = "another tenant's log entry";
    public const string Contents = "contents in the log";

    public static IEnumerable<Finding> Of(IReadOnlyList<Operation> history)
    {
        foreach (var reading in history.OfType<ToolLogRead>().Where(reading => reading.IsOk))
        {
            if (reading.Tenants.FirstOrDefault(tenant => tenant != reading.Client.Tenant) is { } other)
            {
                yield return new(Foreign, $"{reading.Client} read an entry of tenant {other}.", [reading]);
            }

            if (reading.Body.Contains(reading.Marker, StringComparison.Ordinal))
            {
                yield return new(Contents, "The log holds what was in an argument or a value.", [reading]);
            }
        }
    }
}
