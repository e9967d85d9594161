using System.Text.Json;

namespace OrleansMcp.State;

/// <summary>A change of tool state that a named delivery made, kept with the state it made so that both are durable or neither is.</summary>
/// <param name="Delivery">The delivery's name.</param>
/// <param name="Step">Which change of that delivery it was, counted from 0.</param>
/// <param name="Key">The state key.</param>
/// <param name="Value">What the change returned, or null when it was too large to keep.</param>
public sealed record StateEffect(Guid Delivery, int Step, string Key, JsonElement? Value);
