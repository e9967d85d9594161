namespace OrleansMcp.Sessions;

/// <summary>
/// Names a message over all deliveries of it. A front end that lost an answer delivers the message again under the same name, and the
/// session does not make the state changes of the lost run twice. A delivery that arrives after its message was answered is recognised by
/// <see cref="Sequence"/> and <see cref="Settled"/>.
/// </summary>
/// <param name="Id">The message's id. Empty when the message is delivered once.</param>
/// <param name="Sender">The front end's process.</param>
/// <param name="Sequence">The sender's own count of messages, rising.</param>
/// <param name="Settled">The sender waits for no message below this count from this session: such a delivery is late.</param>
public readonly record struct DeliveryName(Guid Id, long Sender = 0, long Sequence = 0, long Settled = 0)
{
    /// <summary>After this time no front end repeats a delivery, and no silo still passes one on.</summary>
    public static TimeSpan Lifetime { get; } = TimeSpan.FromSeconds(30);
}
