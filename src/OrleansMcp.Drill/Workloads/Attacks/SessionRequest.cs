using OrleansMcp.Drill.History;
using OrleansMcp.Drill.Targets;
using OrleansMcp.Drill.Workloads.Upstreams;

namespace OrleansMcp.Drill.Workloads.Attacks;

/// <summary>A request that a client can try on any session whose id it knows.</summary>
/// <param name="Name">What it tries, for people.</param>
/// <param name="Kind">What it does.</param>
/// <param name="Body">The message, or the secret.</param>
/// <param name="Argument">The secret's name, or the <c>Last-Event-ID</c> of a stream.</param>
internal sealed record SessionRequest(string Name, RequestKind Kind, string? Body = null, string? Argument = null)
{
    public static IReadOnlyList<SessionRequest> All { get; } =
    [
        new("POST of increment", RequestKind.Post, McpMessage.Call("increment", new() { ["by"] = 1000 })),
        new("POST of whoami", RequestKind.Post, McpMessage.Call("whoami", [])),
        new("POST of drill__count", RequestKind.Post, McpMessage.Call(UpstreamWorkload.Count, [])),
        new("POST of tools/list", RequestKind.Post, McpMessage.ListTools),
        new("GET of the stream", RequestKind.OpenStream),
        new("GET with Last-Event-ID", RequestKind.OpenStream, Argument: "00000000-1-1"),
        new("PUT of a secret", RequestKind.PutSecret, Body: "the attacker's", Argument: "signing"),
        new("DELETE", RequestKind.EndSession),
    ];

    public DrillRequest On(string session, DrillClient attacker) => new(attacker, Kind, session, Body, Argument);
}
