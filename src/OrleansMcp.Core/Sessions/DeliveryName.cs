namespace OrleansMcp.Sessions;

/// <summary>
/// Names a message over all deliveries of it. A front end that lost an answer delivers the message again under the same name, and what the
/// lost run did to the session's state is not done twice. A delivery that comes late, after its message was answered on another way, is
/// recognised by the sender's count.
/// </summary>
/// <param name="Id">The message. Empty: it is delivered once and needs no name.</param>
/// <param name="Sender">The front end's process.</param>
/// <param name="Sequence">The sender's own count of messages, rising.</param>
/// <param name="Settled">The sender waits for nothing below this count from this session: whatever of it still arrives is late.</param>
public readonly record struct DeliveryName(Guid Id, long Sender = 0, long Sequence = 0, long Settled = 0)
{
    /// <summary>No front end repeats a delivery after so long, and no machine passes one on.</summary>
    public static TimeSpan Lifetime { get; } = TimeSpan.FromSeconds(30);
}
