using OrleansMcp.Authorization.Policies;
using OrleansMcp.Upstreams;

namespace OrleansMcp.Configuration.Names;

/// <summary>What kind of thing a name in a file is the name of.</summary>
internal enum NameKind
{
    Server,

    /// <summary>Another server that is configured: not a use of its name, but what gives it.</summary>
    Upstream,
    Tenant,
    Client,
    Tool,
    Prompt,
    Resource,
}

/// <summary>A place in a file that names something that must exist elsewhere.</summary>
/// <param name="Kind">What is named.</param>
/// <param name="Name">The name, or the pattern.</param>
/// <param name="Place">Where it is; the message is not written yet.</param>
/// <param name="MayBePattern">Whether <c>*</c> in it stands for any characters. Otherwise it is a character like others, which no name has.</param>
/// <param name="Scopes">The scopes it stands in: it can only mean what all of them cover.</param>
internal sealed record NameUse(NameKind Kind, NamePattern Name, ConfigurationError Place, bool MayBePattern, IReadOnlyList<PolicyScope> Scopes)
{
    public bool IsPattern => MayBePattern && Name.IsWild;

    /// <summary>Whether it means everything there is.</summary>
    public bool IsAll => MayBePattern && Name.IsAll;

    /// <summary>The policy whose tools it is one of; null elsewhere, in a list among others.</summary>
    public PolicyScope? Policy => Kind == NameKind.Tool && Scopes.Count == 1 && !Place.Key.EndsWith(']') ? Scopes[0] : null;

    /// <summary>The name, or the pattern, of the other server whose tool or prompt it can be; null when it is of none.</summary>
    public NamePattern? Server =>
        Kind is NameKind.Tool or NameKind.Prompt && UpstreamNames.ServerOf(Name.Text) is { } server ? new(server) : null;
}
