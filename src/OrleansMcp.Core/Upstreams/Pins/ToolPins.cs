using OrleansMcp.Configuration.Upstreams;
using OrleansMcp.Sessions;
using OrleansMcp.Sessions.Upstreams;

namespace OrleansMcp.Upstreams.Pins;

/// <summary>Judges whether the definitions of tools are those that were approved.</summary>
internal sealed class ToolPins
{
    /// <summary>Why tools are withheld, by their names here; those that are not in it are approved.</summary>
    public ValueTask<IReadOnlyDictionary<string, string>> JudgeAsync(
        SessionOwner owner, UpstreamConfiguration server, IReadOnlyList<NamedDefinition> named, CancellationToken cancellationToken) =>
        new(new Dictionary<string, string>());
}
