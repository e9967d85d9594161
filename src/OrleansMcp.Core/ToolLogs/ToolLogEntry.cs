namespace OrleansMcp.ToolLogs;

/// <summary>The summary of one tool call. Neither its arguments nor its result are in it.</summary>
/// <param name="At">When it was answered, UTC.</param>
/// <param name="Client">Who called.</param>
/// <param name="Session">The name of the session, a hash; not its id.</param>
/// <param name="Tool">The tool, as the caller named it.</param>
/// <param name="Outcome">How it ended: <c>ok</c>, <c>error</c>, or a stable code (<see cref="ToolOutcome"/>).</param>
/// <param name="ArgumentBytes">Length of the arguments as they came, bytes.</param>
/// <param name="ResultBytes">Length of the answer, bytes; 0 when there was none.</param>
/// <param name="Duration">From its arrival to its answer.</param>
/// <param name="Arguments">
/// Tells arguments apart without telling what they are: on the way to the tenant their digest, in its log a hash under a key that only the
/// tenant's actor knows.
/// </param>
public sealed record ToolLogEntry(
    DateTimeOffset At, string Client, string Session, string Tool, string Outcome, int ArgumentBytes, int ResultBytes, TimeSpan Duration,
    string Arguments);
