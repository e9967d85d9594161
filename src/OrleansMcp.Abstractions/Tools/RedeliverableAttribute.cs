namespace OrleansMcp;

/// <summary>
/// Says that a tool changes nothing but its session's own state (<see cref="ISessionContext.State"/>) and records (<see cref="IRecords"/>).
/// When the silo that ran the tool is lost, the engine runs it again under the same delivery: changes that the lost run made durable are
/// not made twice, and the tool gets the values they returned. Tools marked read-only or idempotent (tool annotations) are run again
/// anyway. Any other tool is not, because its effects are unknown: its client gets an error that says so.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RedeliverableAttribute : Attribute;
