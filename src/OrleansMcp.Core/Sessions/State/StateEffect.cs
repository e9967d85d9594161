using System.Text.Json;

namespace OrleansMcp.Sessions.State;

/// <summary>A change of tool state that a named delivery made. Stored in the same record as the changed state.</summary>
/// <param name="Delivery">The message.</param>
/// <param name="Sender">The front end's process that delivered it.</param>
/// <param name="Sequence">The sender's count of it.</param>
/// <param name="Step">The number of the change within the message, from 0.</param>
/// <param name="Key">The state key.</param>
/// <param name="Value">What the change returned, or null when it was too large to keep.</param>
/// <param name="At">When, UTC.</param>
public sealed record StateEffect(Guid Delivery, long Sender, long Sequence, int Step, string Key, JsonElement? Value, DateTimeOffset At);

/// <summary>Up to which count a sender's deliveries to this session are settled.</summary>
/// <param name="Sender">The sender.</param>
/// <param name="Below">The sender waits for no delivery below this count.</param>
public sealed record SettledMark(long Sender, long Below);
