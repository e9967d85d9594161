using System.Diagnostics.CodeAnalysis;
using OrleansMcp.Sessions;

namespace OrleansMcp.Grains.Sessions;

/// <summary>
/// The deliveries of one activation: those that run, and the last few that were answered, so that a front end that did not hear the answer
/// gets it again instead of a second run. Used from the grain's own turns only.
/// </summary>
internal sealed class Deliveries
{
    private const int Held = 8;
    private const int MaxHeldBytes = 16 * 1024;

    private readonly Dictionary<Guid, Delivery> _known = [];
    private readonly Queue<Guid> _answered = new();

    public bool TryGet(Guid name, [NotNullWhen(true)] out Delivery? delivery) => _known.TryGetValue(name, out delivery);

    public void Add(Guid name, Delivery delivery) => _known.Add(name, delivery);

    /// <summary>The reply is on its way; it is held a while longer.</summary>
    public void Answered(Guid name, SessionReply reply)
    {
        if (!_known.TryGetValue(name, out var delivery) || delivery.IsHeld)
        {
            return;
        }

        if (reply.Body.Length > MaxHeldBytes)
        {
            _known.Remove(name);
            return;
        }

        delivery.IsHeld = true;
        _answered.Enqueue(name);
        if (_answered.Count > Held)
        {
            _known.Remove(_answered.Dequeue());
        }
    }

    public void Forget(Guid name) => _known.Remove(name);
}

/// <summary>One message on its way through the actor.</summary>
internal sealed class Delivery(Task<SessionReply> reply, CancellationTokenSource? abort)
{
    public Task<SessionReply> Reply { get; } = reply;

    /// <summary>Tells the actor that the client has gone, where that means something.</summary>
    public CancellationTokenSource? Abort { get; } = abort;

    public bool IsHeld { get; set; }
}
