using System.Diagnostics.CodeAnalysis;
using OrleansMcp.Sessions;
using OrleansMcp.Sessions.State;

namespace OrleansMcp.Grains.Sessions;

/// <summary>
/// The deliveries of one activation: those that run, those whose answers may not have reached their senders, and the last few of the
/// others. A front end that did not get the answer gets it again instead of a second run. Used from the grain's own turns only.
/// </summary>
internal sealed class Deliveries
{
    private const int Held = 8; // whether or not their senders have the answers
    private const int MaxHeld = 1024;
    private const int MaxHeldBytes = 256 * 1024;
    private const int MaxReplyBytes = 16 * 1024;
    private const int MaxSenders = 64;

    private readonly Dictionary<Guid, Delivery> _known = [];
    private readonly Queue<(Guid Name, Delivery Delivery)> _answered = new();
    private int _heldBytes;
    private readonly Dictionary<long, long> _settled = [];

    /// <summary>Finds the delivery of a message, running or answered.</summary>
    public bool TryGet(DeliveryName name, [NotNullWhen(true)] out Delivery? delivery)
    {
        if (!_known.TryGetValue(name.Id, out delivery))
        {
            return false;
        }

        // A client sent its request again under the same id. A stream that answered it cannot be read again, and a request that may run
        // again does so, because a failure may have been transient; its changes of state are made once.
        if (delivery.Sequence != name.Sequence && delivery.Reply.IsCompletedSuccessfully
            && (delivery.MayRunAgain || delivery.Reply.Result.Kind == ReplyKind.Stream))
        {
            _known.Remove(name.Id);
            return false;
        }

        return true;
    }

    /// <summary>Whether the name belongs to a message of another caller.</summary>
    public bool IsForeign(Guid id, Caller caller) => _known.TryGetValue(id, out var delivery) && !SessionOwner.Of(delivery.Caller).Is(caller);

    public bool TryGet(Guid id, [NotNullWhen(true)] out Delivery? delivery) => _known.TryGetValue(id, out delivery);

    public void Add(Guid id, Delivery delivery) => _known.Add(id, delivery);

    /// <summary>Keeps the reply of a delivery, which its sender may not get.</summary>
    public void Answered(Guid name, SessionReply reply)
    {
        if (!_known.TryGetValue(name, out var delivery) || delivery.IsHeld)
        {
            return;
        }

        if (reply.Body.Length > MaxReplyBytes)
        {
            _known.Remove(name);
            return;
        }

        delivery.IsHeld = true;
        _answered.Enqueue((name, delivery));
        _heldBytes += reply.Body.Length;
        while (_answered.Count > Held && (IsSettled(_answered.Peek().Delivery) || _answered.Count > MaxHeld || _heldBytes > MaxHeldBytes))
        {
            Drop(_answered.Dequeue());
        }
    }

    /// <summary>Whether the sender has the answer or has given the message up.</summary>
    private bool IsSettled(Delivery delivery) => delivery.Sequence < _settled.GetValueOrDefault(delivery.Sender);

    private void Drop((Guid Name, Delivery Delivery) oldest)
    {
        _heldBytes -= oldest.Delivery.Reply.Result.Body.Length;
        if (_known.TryGetValue(oldest.Name, out var known) && known == oldest.Delivery)
        {
            _known.Remove(oldest.Name);
        }
    }

    /// <summary>Whether the sender no longer waits for this delivery. Also stores which others the sender has settled.</summary>
    public bool IsSettled(DeliveryName name, IReadOnlyList<SettledMark> recorded)
    {
        var below = _settled.GetValueOrDefault(name.Sender);
        if (name.Settled > below)
        {
            if (_settled.Count >= MaxSenders)
            {
                _settled.Clear();
            }

            _settled[name.Sender] = below = name.Settled;
        }

        return name.Sequence < below || recorded.Any(mark => mark.Sender == name.Sender && name.Sequence < mark.Below);
    }

    public void Forget(Guid name) => _known.Remove(name);
}
