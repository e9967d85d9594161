using System.Text.Json.Nodes;
using OrleansMcp.Drill.History;
using OrleansMcp.Drill.Run;

namespace OrleansMcp.Drill.Workloads.Tenants;

/// <summary>Reads the tool log.</summary>
internal sealed class ToolLogWorkload : IWorkload
{
    public const string Tool = "toollog_recent";

    public IReadOnlyList<string> Tools => [Tool];

    public int Weight => 3;

    public async Task RunAsync(VirtualUser user, Random random, CancellationToken cancellationToken)
    {
        if (await user.SessionAsync(random, cancellationToken) is not { } session)
        {
            return;
        }

        var (stamp, reply) = await user.CallAsync(session, Tool, [], cancellationToken);
        var body = reply.Content?.ToJsonString() ?? reply.Text;
        user.Log.Add(new ToolLogRead(stamp, body, [.. TenantsIn(reply.Content).Distinct(StringComparer.Ordinal)], user.Run.Marker));
    }

    /// <summary>Every value of a property <c>tenant</c>, however deep.</summary>
    private static IEnumerable<string> TenantsIn(JsonNode? node) => node switch
    {
        JsonObject one => one.SelectMany(property =>
            property.Key == "tenant" && property.Value is JsonValue value ? [value.ToString()] : TenantsIn(property.Value)),
        JsonArray many => many.SelectMany(TenantsIn),
        _ => [],
    };
}
