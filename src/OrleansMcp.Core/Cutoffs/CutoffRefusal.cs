using OrleansMcp.Sessions;

namespace OrleansMcp.Cutoffs;

/// <summary>What a caller is told whose sessions an operator has ended or refuses.</summary>
internal static class CutoffRefusal
{
    /// <summary>The stable code of a refusal that lasts until an operator or the configuration lifts it.</summary>
    public const string Code = "refused_by_operator";

    /// <summary>The clock of the process that opens the session is behind that of the mark.</summary>
    public static SessionRefusal JustNow { get; } = new("ended_by_operator", "An operator has just ended all sessions. Open another one.", RetryAfterSeconds: 1);

    public static SessionRefusal Of(SessionOwner owner) =>
        new(Code, $"An operator refuses the requests of client '{owner.Client}' of this tenant, or of this user.", RetryAfterSeconds: 0);
}
