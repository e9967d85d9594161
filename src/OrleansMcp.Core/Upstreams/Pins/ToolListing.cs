using OrleansMcp.Sessions;

namespace OrleansMcp.Upstreams.Pins;

/// <summary>What a server has listed to a session, for the tenant's actor to judge.</summary>
/// <param name="Server">The server's name.</param>
/// <param name="Owner">The owner of the session.</param>
/// <param name="Tools">The tools; at first without their definitions.</param>
public sealed record ToolListing(string Server, SessionOwner Owner, IReadOnlyList<ListedTool> Tools);

/// <summary>A tool as a server has listed it.</summary>
/// <param name="Name">What clients call it.</param>
/// <param name="Digest">Tells its definition from others (<see cref="ToolDefinition.Digest"/>).</param>
/// <param name="Definition">The definition, where <see cref="ToolJudgement.WantsDefinition"/> has asked for it.</param>
public sealed record ListedTool(string Name, string Digest, SeenDefinition? Definition = null);

/// <summary>What the tenant's actor says of a tool.</summary>
/// <param name="Verdict">Whether it may be offered.</param>
/// <param name="WantsDefinition">Whether it is to be sent again with its definition, which may change the verdict and is kept.</param>
public readonly record struct ToolJudgement(ToolVerdict Verdict, bool WantsDefinition = false);

/// <summary>Whether a tool may be offered as it is defined now. The numbers are sent between processes.</summary>
public enum ToolVerdict
{
    /// <summary>It is defined as it was when it was approved.</summary>
    Approved = 0,

    /// <summary>Nobody has approved it yet.</summary>
    Unapproved = 1,

    /// <summary>It is defined otherwise than when it was approved.</summary>
    Changed = 2,

    /// <summary>It is new, and the server has had as many tools as are kept.</summary>
    TooMany = 3,

    /// <summary>It is new, and could not be approved because the store takes no writes.</summary>
    Unrecorded = 4,
}
