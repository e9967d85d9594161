using OrleansMcp.Drill.History;

namespace OrleansMcp.Drill.Targets;

/// <summary>A server to hold the drill against, and the credentials for it.</summary>
/// <param name="Url">Where it listens, without <c>/mcp</c>.</param>
/// <param name="Keys">The API keys of the clients.</param>
/// <param name="OperatorKey">An operator's key, which reads the signals; null leaves them unread.</param>
internal sealed record DrillServer(Uri Url, IReadOnlyDictionary<DrillClient, string> Keys, string? OperatorKey);
