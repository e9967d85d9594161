namespace OrleansMcp;

/// <summary>The summary of one tool call. It contains neither arguments nor result.</summary>
/// <param name="At">When it was answered, UTC.</param>
/// <param name="Client">The calling client.</param>
/// <param name="Session">The name of the session, a hash; not its id.</param>
/// <param name="Tool">The tool, as the caller named it.</param>
/// <param name="Outcome">How it ended: <c>ok</c>, <c>error</c>, or a stable code.</param>
/// <param name="ArgumentBytes">Length of the received arguments, bytes.</param>
/// <param name="ResultBytes">Length of the answer, bytes; 0 when there was none.</param>
/// <param name="Duration">From the arrival of the call to its answer.</param>
/// <param name="Arguments">
/// Distinguishes arguments without showing them: on the way to the tenant their digest, in its log a hash with a key that only the
/// tenant's actor has.
/// </param>
public sealed record ToolLogEntry(
    DateTimeOffset At, string Client, string Session, string Tool, string Outcome, int ArgumentBytes, int ResultBytes, TimeSpan Duration,
    string Arguments);
