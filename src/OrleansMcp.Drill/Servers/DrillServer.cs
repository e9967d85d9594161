using OrleansMcp.Drill.History;

namespace OrleansMcp.Drill.Servers;

/// <summary>A server to hold the drill against, and who its clients are.</summary>
/// <param name="Url">Where it is, without <c>/mcp</c>.</param>
/// <param name="Keys">The API keys of the clients.</param>
/// <param name="OperatorKey">An operator's key, with which the signals are read; null: they are not.</param>
internal sealed record DrillServer(Uri Url, IReadOnlyDictionary<Party, string> Keys, string? OperatorKey);
