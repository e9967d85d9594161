using System.Runtime.CompilerServices;
using OrleansMcp.Memory;

namespace OrleansMcp.Sessions.Streams;

/// <summary>
/// The streams of one session and the bounded buffer behind <c>Last-Event-ID</c>. A slow reader makes writers of its stream wait; a stream
/// without a reader loses its oldest events instead. A replay reads what is held and never blocks a live reply on another stream.
/// </summary>
internal sealed class StreamSet
{
    private readonly Lock _gate = new(); // guards the table, the readers, and all streams and readers in them
    private readonly string _life;
    private readonly int _maxEvents;
    private readonly int _maxBytes;
    private readonly HeldBytes _memory;
    private readonly StreamTable _streams;
    private readonly EventReaders _readers;

    /// <param name="life">Begins the ids of events; no other activation of the session has the same.</param>
    /// <param name="maxEvents">How many events are held for a replay, and how far a reader may be behind.</param>
    /// <param name="maxBytes">The same in bytes of messages.</param>
    /// <param name="memory">Charges the events; disposed of with <see cref="CloseAll"/>.</param>
    public StreamSet(string life, int maxEvents, int maxBytes, HeldBytes memory)
    {
        (_life, _maxEvents, _maxBytes, _memory) = (life, maxEvents, maxBytes, memory);
        _streams = new StreamTable(maxEvents, maxBytes, memory);
        _readers = new EventReaders(life, _streams);
    }

    /// <summary>The number of streams that are being written or may still be read.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _streams.Count;
            }
        }
    }

    /// <summary>Starts a stream for the answer of a post.</summary>
    public EventStream Open(bool resumable, Action? abandoned)
    {
        lock (_gate)
        {
            return _streams.Open(resumable, abandoned);
        }
    }

    /// <summary>Puts an event without a message at the head of a stream, so that a client can resume before the first message.</summary>
    public void Prime(EventStream stream)
    {
        lock (_gate)
        {
            _streams.Append(stream, new SessionEvent(SessionEventKind.Priming, NextId(stream)), isCharged: true);
        }
    }

    /// <summary>Appends a message; the last one finishes the stream. Waits while an attached reader is far behind.</summary>
    /// <exception cref="QuotaExceededException">The client holds too much; the message was not appended. Not for answers, which were charged before.</exception>
    public ValueTask AppendAsync(EventStream stream, byte[] message, bool last, CancellationToken cancellationToken, bool isCharged = false)
    {
        lock (_gate)
        {
            if (stream.Finished)
            {
                return ValueTask.CompletedTask;
            }

            var id = stream.Resumable ? NextId(stream) : null;
            _streams.Append(stream, new SessionEvent(SessionEventKind.Message, id, message), isCharged || last);
            if (last)
            {
                _streams.Finish(stream);
                return ValueTask.CompletedTask;
            }

            return stream.HoldsUndelivered && stream.IsBehind(_maxEvents, _maxBytes)
                ? new ValueTask(stream.CaughtUpAsync().WaitAsync(cancellationToken))
                : ValueTask.CompletedTask;
        }
    }

    /// <summary>Appends to the session's own stream, creating it when needed.</summary>
    public ValueTask AppendToOwnAsync(byte[] message, CancellationToken cancellationToken)
    {
        EventStream own;
        lock (_gate)
        {
            own = _streams.Own();
        }

        return AppendAsync(own, message, last: false, cancellationToken);
    }

    /// <summary>Ends a stream without a last message.</summary>
    public void Complete(EventStream stream)
    {
        lock (_gate)
        {
            _streams.Finish(stream);
        }
    }

    /// <summary>Closes the reader and asks its client to reconnect with <c>Last-Event-ID</c> after <paramref name="retry"/>.</summary>
    public void HangUp(EventStream stream, TimeSpan retry)
    {
        lock (_gate)
        {
            if (stream.Resumable && !stream.Finished)
            {
                // The post may not have begun to read its stream, or be behind: the reader is closed once it has read what is there.
                stream.HangUp = (stream.Newest, retry);
                stream.Wake();
            }
        }
    }

    /// <summary>Ends every reader, also those that attach later, because the session ends or is passivated.</summary>
    public void CloseAll()
    {
        lock (_gate)
        {
            _streams.Close();
        }

        _memory.Dispose();
    }

    /// <summary>Reads a stream to its end. The first item says whether there is one.</summary>
    public async IAsyncEnumerable<SessionEvent> ReadAsync(
        StreamRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var reader = Attach(request);
        if (reader is null)
        {
            yield return new SessionEvent(SessionEventKind.Lost);
            yield break;
        }

        try
        {
            yield return new SessionEvent(SessionEventKind.Opened);
            while (Next(reader) is var (item, wait) && (item is not null || wait is not null))
            {
                if (item is { } next)
                {
                    yield return next;
                }
                else
                {
                    await wait!.WaitAsync(cancellationToken);
                }
            }
        }
        finally
        {
            Leave(reader);
        }
    }

    private EventReader? Attach(StreamRequest request)
    {
        lock (_gate)
        {
            return _readers.Attach(request);
        }
    }

    private (SessionEvent? Item, Task? Wait) Next(EventReader reader)
    {
        lock (_gate)
        {
            return _readers.Next(reader);
        }
    }

    private void Leave(EventReader reader)
    {
        Action? abandoned;
        lock (_gate)
        {
            abandoned = _readers.Leave(reader);
        }

        abandoned?.Invoke();
    }

    private string NextId(EventStream stream) => EventId.Format(_life, stream.Id, stream.Newest + 1);
}
