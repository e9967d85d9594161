using System.Collections.Concurrent;
using System.Security.Cryptography;
using OrleansMcp.Grains.Sessions;
using OrleansMcp.Sessions;

namespace OrleansMcp.Grains.Directory;

/// <summary>
/// Numbers the messages of this process and knows which of a session's are pending, so that the session can recognise a late delivery. Has
/// an entry for a session only while a message for it is pending.
/// </summary>
internal sealed class Outbox
{
    private readonly ConcurrentDictionary<SessionKey, Pending> _pending = new();
    private readonly long _sender = BitConverter.ToInt64(RandomNumberGenerator.GetBytes(8));
    private long _sequence;

    /// <summary>Names a message that is about to be sent.</summary>
    public DeliveryName Begin(SessionKey session, Guid id)
    {
        while (true)
        {
            var pending = _pending.GetOrAdd(session, static _ => new Pending());
            if (pending.TryAdd(ref _sequence, out var sequence, out var settled))
            {
                return new DeliveryName(id, _sender, sequence, settled);
            }
        }
    }

    /// <summary>The message is answered: a delivery of it that arrives later is late.</summary>
    public void End(SessionKey session, DeliveryName name)
    {
        if (_pending.TryGetValue(session, out var pending) && pending.RemoveWasLast(name.Sequence))
        {
            _pending.TryRemove(KeyValuePair.Create(session, pending));
        }
    }

    /// <summary>
    /// The message was given up. The client may send it again under the same id, so it counts as pending for
    /// <see cref="DeliveryName.Lifetime"/>, in which the session keeps its effects.
    /// </summary>
    public async Task EndLaterAsync(SessionKey session, DeliveryName name)
    {
        await Task.Delay(DeliveryName.Lifetime, SessionTimings.Clock);
        End(session, name);
    }

    private sealed class Pending
    {
        private readonly List<long> _sequences = [];
        private bool _closed;

        public bool TryAdd(ref long counter, out long sequence, out long settled)
        {
            lock (_sequences)
            {
                // Numbered under the lock: otherwise a message that began later could declare this one's number settled.
                sequence = settled = Interlocked.Increment(ref counter);
                if (_closed)
                {
                    return false;
                }

                _sequences.Add(sequence);
                foreach (var other in _sequences)
                {
                    settled = Math.Min(settled, other);
                }

                return true;
            }
        }

        public bool RemoveWasLast(long sequence)
        {
            lock (_sequences)
            {
                _sequences.Remove(sequence);
                return _closed = _sequences.Count == 0;
            }
        }
    }
}
