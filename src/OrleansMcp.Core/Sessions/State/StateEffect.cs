using System.Text.Json;

namespace OrleansMcp.Sessions.State;

/// <summary>A change of tool state that a named delivery made, kept with the state it made so that both are durable or neither is.</summary>
/// <param name="Delivery">The message.</param>
/// <param name="Sender">Who delivered it.</param>
/// <param name="Sequence">The sender's count of it.</param>
/// <param name="Step">Which change of that message it was, counted from 0.</param>
/// <param name="Key">The state key.</param>
/// <param name="Value">What the change returned, or null when it was too large to keep.</param>
/// <param name="At">When, UTC.</param>
public sealed record StateEffect(Guid Delivery, long Sender, long Sequence, int Step, string Key, JsonElement? Value, DateTimeOffset At);

/// <summary>How far a sender's deliveries to this session are settled.</summary>
/// <param name="Sender">The sender.</param>
/// <param name="Below">Nothing below this count is waited for.</param>
public sealed record SettledMark(long Sender, long Below);
