namespace OrleansMcp.Upstreams.Pins;

/// <summary>Why a tool of another server is neither listed nor called.</summary>
/// <param name="Code">Stable, for programs.</param>
/// <param name="Reason">The rest of a sentence that begins with the tool.</param>
internal sealed record ToolWithholding(string Code, string Reason)
{
    /// <summary>The definition is not the one that was approved.</summary>
    public const string ChangedCode = "tool_definition_changed";

    /// <summary>No definition was approved.</summary>
    public const string UnapprovedCode = "tool_not_approved";

    private static readonly ToolWithholding s_changed = new(ChangedCode, "has another definition than when it was approved, and is withheld until an operator approves it again.");
    private static readonly ToolWithholding s_unapproved = new(UnapprovedCode, "waits for an operator to approve it.");
    private static readonly ToolWithholding s_tooMany = new(UnapprovedCode, "is withheld: its server has had more tools than are kept. An operator can forget those that are gone.");
    private static readonly ToolWithholding s_unrecorded = new(UnapprovedCode, "is new, and could not be approved: the store takes no writes at the moment. Try again later.");

    /// <summary>Null for a tool that may be offered.</summary>
    public static ToolWithholding? Of(ToolVerdict verdict) => verdict switch
    {
        ToolVerdict.Approved => null,
        ToolVerdict.Changed => s_changed,
        ToolVerdict.TooMany => s_tooMany,
        ToolVerdict.Unrecorded => s_unrecorded,
        _ => s_unapproved,
    };
}
