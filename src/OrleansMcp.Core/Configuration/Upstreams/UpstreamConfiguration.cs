using OrleansMcp.Authorization.Policies;

namespace OrleansMcp.Configuration.Upstreams;

/// <summary>
/// Another MCP server, whose tools, prompts and resources sessions offer beside the host's own. Each session has a connection of its own to it.
/// </summary>
public sealed record UpstreamConfiguration
{
    /// <summary>What its tools are called by, <c>NAME__TOOL</c>, and policies call it: <c>^[a-z][a-z0-9-]{0,31}$</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Its Streamable HTTP endpoint, of either era.</summary>
    public required Uri Url { get; init; }

    /// <summary>Whether its host may have private, loopback or link-local addresses. Plain HTTP is allowed only there.</summary>
    public bool Private { get; init; }

    /// <summary>Which of its tools are offered: names as it calls them, or patterns with <c>*</c>. Empty: all.</summary>
    public IReadOnlyList<string> Tools { get; init; } = [];

    /// <summary>What it is shown of the session's secrets. Null: it gets no credential.</summary>
    public UpstreamCredential? Credential { get; init; }

    /// <summary>What conditions of policies are told about its results.</summary>
    public UpstreamTrust Trust { get; init; }

    /// <summary>Who approves the definitions of its tools.</summary>
    public UpstreamApproval Approval { get; init; }

    /// <summary>How long opening the connection and listing may take. Default 15 s. Calls have the timeout of their quota.</summary>
    public TimeSpan OpenTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Tools, prompts, resources or templates that it may have; with more, none of them is offered. Default 1000.</summary>
    public int MaxItems { get; init; } = 1000;

    /// <summary>Bytes of one of its answers. Default 4 MiB.</summary>
    public int MaxAnswerBytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>Whether it offers a tool that the server calls so.</summary>
    internal bool Offers(string tool) => Tools.Count == 0 || Tools.Any(pattern => new NamePattern(pattern).Matches(tool));

    /// <summary>Whether two say the same, so that connections of the one serve for the other.</summary>
    public bool Equals(UpstreamConfiguration? other) => other is not null
        && Name == other.Name && Url.OriginalString == other.Url.OriginalString && Private == other.Private && Tools.SequenceEqual(other.Tools, StringComparer.Ordinal)
        && Credential == other.Credential && Trust == other.Trust && Approval == other.Approval
        && OpenTimeout == other.OpenTimeout && MaxItems == other.MaxItems && MaxAnswerBytes == other.MaxAnswerBytes;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Name, Url.OriginalString, Trust, Credential);
}

/// <summary>Whether what a server says is trusted not to be written by an attacker.</summary>
public enum UpstreamTrust
{
    /// <summary>As the host's own tools.</summary>
    Trusted,

    /// <summary>Its results may contain what others wrote: <c>session.untrusted</c> lists it once the session has asked it.</summary>
    Untrusted,
}

/// <summary>Who approves the definitions of a server's tools: name, title, description, schemas and annotations.</summary>
public enum UpstreamApproval
{
    /// <summary>The first session of a tenant that lists a tool. A definition that changes needs an operator.</summary>
    FirstUse,

    /// <summary>An operator; until then the tool is withheld.</summary>
    Operator,
}
