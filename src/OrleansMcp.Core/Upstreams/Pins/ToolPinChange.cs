namespace OrleansMcp.Upstreams.Pins;

/// <summary>What an operator asks of the pins of a server: to approve definitions, or to forget tools.</summary>
/// <param name="Server">The server's name.</param>
/// <param name="Operator">The operator's id.</param>
/// <param name="Approve">Definitions that the operator has looked at, one of a tool. Empty: tools are forgotten.</param>
/// <param name="Forget">Tools to forget, by the names that clients call them; null: all of the server.</param>
public sealed record ToolPinChange(string Server, string Operator, IReadOnlyList<ApprovedDefinition> Approve, IReadOnlyList<string>? Forget);

/// <summary>A definition that an operator approves.</summary>
/// <param name="Tool">What clients call the tool.</param>
/// <param name="Digest">The definition's digest, as it was shown.</param>
public sealed record ApprovedDefinition(string Tool, string Digest);

/// <summary>What became of a <see cref="ToolPinChange"/>.</summary>
/// <param name="Done">The tools that were changed, durably.</param>
/// <param name="Refused">Tools of which there is nothing, or of which another definition waits by now, or that are named twice. With any of them nothing was changed.</param>
public sealed record ToolPinOutcome(IReadOnlyList<string> Done, IReadOnlyList<string> Refused);
