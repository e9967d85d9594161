using System.Text.Json.Nodes;
using OrleansMcp.Drill.History;

namespace OrleansMcp.Drill.Work;

/// <summary>Asks a cached tool what all clients ask it, so that their answers could be mixed up.</summary>
internal sealed class CacheWork(string tool) : IWork
{
    private const int Questions = 3;

    public IReadOnlyList<string> Tools => [tool];

    public int Weight => 5;

    public async Task RunAsync(Lane lane, Random random, CancellationToken cancellationToken)
    {
        var text = $"{lane.Board.Marker} question {random.Next(Questions)}";
        if (await lane.SessionAsync(random, cancellationToken) is not { } session)
        {
            return;
        }

        var (stamp, reply) = await lane.CallAsync(session, tool, new() { ["text"] = text }, cancellationToken);
        var said = reply.Outcome == Outcome.Ok ? reply.Content as JsonObject : null;
        lane.Log.Add(new CacheAnswer(stamp, tool, text, Text(said, "text"), Text(said, "tenant"), Text(said, "client"), Text(said, "stamp")));
    }

    private static string? Text(JsonObject? said, string name) => said?[name]?.ToString();
}

/// <summary>Reads the tool log.</summary>
internal sealed class ToolLogWork : IWork
{
    public const string Tool = "toollog_recent";

    public IReadOnlyList<string> Tools => [Tool];

    public int Weight => 3;

    public async Task RunAsync(Lane lane, Random random, CancellationToken cancellationToken)
    {
        if (await lane.SessionAsync(random, cancellationToken) is not { } session)
        {
            return;
        }

        var (stamp, reply) = await lane.CallAsync(session, Tool, [], cancellationToken);
        var body = reply.Content?.ToJsonString() ?? reply.Text;
        lane.Log.Add(new LogReading(stamp, body, [.. TenantsIn(reply.Content).Distinct(StringComparer.Ordinal)], lane.Board.Marker));
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
