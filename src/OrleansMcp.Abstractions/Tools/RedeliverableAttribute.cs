namespace OrleansMcp;

/// <summary>
/// Says that a tool changes nothing but its session's own state (<see cref="ISessionContext.State"/>) and records
/// (<see cref="IRecords"/>). When the machine that ran it is
/// lost, the engine runs it again under the same delivery: changes that the lost run made durable are not made twice, and the tool gets
/// the values they returned. Tools marked read-only or idempotent (tool annotations) are run again anyway; any other tool is not, because
/// nobody can tell what it did, and its client gets a clear error instead.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RedeliverableAttribute : Attribute;
