using System.Runtime.CompilerServices;

namespace OrleansMcp.Sessions.Streams;

/// <summary>
/// The streams of one session and the bounded buffer behind <c>Last-Event-ID</c>. A slow reader makes the writers of its stream wait; a
/// stream without a reader drops its oldest events instead. A replay reads the kept events and never blocks a reply on another stream.
/// </summary>
internal sealed class StreamSet(string life, int maxEvents, int maxBytes)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<long, EventStream> _streams = [];
    private readonly Queue<EventStream> _order = new(); // the stream of each event, oldest event first: the order in which events are dropped
    private long _lastId;
    private long _bytes;

    /// <summary>Creates a stream for the answer of a post.</summary>
    public EventStream Open(bool resumable, Action? abandoned)
    {
        lock (_gate)
        {
            var stream = new EventStream(++_lastId, resumable, abandoned);
            _streams.Add(stream.Id, stream);
            return stream;
        }
    }

    /// <summary>Appends an event without a message to a new stream, so that a client can resume it before the first message.</summary>
    public void Prime(EventStream stream)
    {
        lock (_gate)
        {
            Add(stream, new SessionEvent(SessionEventKind.Priming, EventId.Format(life, stream.Id, stream.Newest + 1)));
        }
    }

    /// <summary>Appends a message; the last one finishes the stream. Waits while more is undelivered than the buffer may hold.</summary>
    public ValueTask AppendAsync(EventStream stream, byte[] message, bool last, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (stream.Finished)
            {
                return ValueTask.CompletedTask;
            }

            var id = stream.Resumable ? EventId.Format(life, stream.Id, stream.Newest + 1) : null;
            Add(stream, new SessionEvent(SessionEventKind.Message, id, message));
            if (last)
            {
                Finish(stream);
                return ValueTask.CompletedTask;
            }

            if (!stream.HoldsUndelivered || !stream.IsBehind(maxEvents, maxBytes))
            {
                return ValueTask.CompletedTask;
            }

            stream.CaughtUp ??= new(TaskCreationOptions.RunContinuationsAsynchronously);
            return new ValueTask(stream.CaughtUp.Task.WaitAsync(cancellationToken));
        }
    }

    /// <summary>Appends to the session's own stream, creating it when needed.</summary>
    public ValueTask AppendToOwnAsync(byte[] message, CancellationToken cancellationToken)
    {
        EventStream own;
        lock (_gate)
        {
            own = Own();
        }

        return AppendAsync(own, message, last: false, cancellationToken);
    }

    /// <summary>Finishes a stream without a last message.</summary>
    public void Complete(EventStream stream)
    {
        lock (_gate)
        {
            Finish(stream);
        }
    }

    /// <summary>
    /// Closes the reader once it has read the events so far; the client resumes with <c>Last-Event-ID</c> after <paramref name="retry"/>.
    /// </summary>
    public void HangUp(EventStream stream, TimeSpan retry)
    {
        lock (_gate)
        {
            if (stream.Resumable && !stream.Finished)
            {
                // The post may not have begun to read, or be behind: it is closed after the newest event.
                stream.HangUp = (stream.Newest, retry);
                Wake(stream);
            }
        }
    }

    /// <summary>Finishes all streams, because the session ends or is passivated.</summary>
    public void CloseAll()
    {
        lock (_gate)
        {
            foreach (var stream in _streams.Values)
            {
                stream.Finished = true;
                Wake(stream);
            }
        }
    }

    /// <summary>Reads a stream to its end. The first item says whether it exists.</summary>
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
            while (true)
            {
                var (item, wait) = Next(reader);
                if (item is { } next)
                {
                    yield return next;
                }
                else if (wait is null)
                {
                    yield break;
                }
                else
                {
                    await wait.WaitAsync(cancellationToken);
                }
            }
        }
        finally
        {
            Leave(reader);
        }
    }

    private StreamReader? Attach(StreamRequest request)
    {
        lock (_gate)
        {
            var (id, position) = (request.StreamId, 0L);
            if (request.LastEventId is { } last)
            {
                if (!EventId.TryParse(last, out var itsLife, out id, out position) || itsLife != life)
                {
                    return null;
                }
            }

            var stream = id == 0 ? Own() : _streams.GetValueOrDefault(id);
            if (stream is null || position > stream.Newest || (request.LastEventId is not null && stream.Oldest > position + 1))
            {
                return null;
            }

            if (request.LastEventId is null)
            {
                position = stream.Delivered;
            }

            if (stream.Reader is { } former)
            {
                // The newest reader replaces the former: a client that reconnects has often lost a connection that the server still holds open.
                Detach(former);
            }

            var reader = new StreamReader(stream, position);
            stream.Attach(reader);
            return reader;
        }
    }

    private (SessionEvent? Item, Task? Wait) Next(StreamReader reader)
    {
        lock (_gate)
        {
            if (reader.Closed)
            {
                return (null, null);
            }

            var stream = reader.Stream;
            if (stream.HangUp is { } hangUp && reader.Position >= hangUp.After)
            {
                stream.HangUp = null;
                Detach(reader);
                return (new SessionEvent(SessionEventKind.HangUp, EventId.Format(life, stream.Id, reader.Position), Retry: hangUp.Retry), null);
            }

            if (stream.After(reader.Position) is { } found)
            {
                reader.Position = found.Sequence;
                stream.MarkDelivered(found);
                if (!stream.Resumable)
                {
                    stream.DropDelivered();
                }

                return (found.Item, null);
            }

            stream.CaughtUp?.TrySetResult();
            stream.CaughtUp = null;
            if (stream.Finished)
            {
                return (null, null);
            }

            reader.Signal = new(TaskCreationOptions.RunContinuationsAsynchronously);
            return (null, reader.Signal.Task);
        }
    }

    private void Leave(StreamReader reader)
    {
        Action? abandoned = null;
        lock (_gate)
        {
            var stream = reader.Stream;
            if (stream.Reader == reader)
            {
                Detach(reader);
                abandoned = stream.Finished ? null : stream.Abandoned;
            }

            if (stream.Finished && stream.IsEmpty)
            {
                _streams.Remove(stream.Id);
            }
        }

        abandoned?.Invoke();
    }

    private EventStream Own()
    {
        if (!_streams.TryGetValue(0, out var own))
        {
            _streams.Add(0, own = new EventStream(0, resumable: true, abandoned: null));
        }

        return own;
    }

    private void Add(EventStream stream, SessionEvent item)
    {
        stream.Append(item);
        if (stream.Resumable)
        {
            _order.Enqueue(stream);
            _bytes += item.Data.Length;
        }

        while ((_order.Count > maxEvents || _bytes > maxBytes) && _order.TryPeek(out var oldest))
        {
            // Undelivered events of a reader are kept; AppendAsync bounds them by making the writer wait.
            if (oldest.HoldsUndelivered && oldest.Oldest > oldest.Delivered)
            {
                break;
            }

            _order.Dequeue();
            Drop(oldest);
        }

        Wake(stream);
    }

    private void Drop(EventStream stream)
    {
        if (!stream.IsEmpty)
        {
            _bytes -= stream.DropOldest();
        }

        if (stream.Finished && stream.IsEmpty && stream.Reader is null)
        {
            _streams.Remove(stream.Id);
        }
    }

    private void Finish(EventStream stream)
    {
        stream.Finished = true;
        Wake(stream);
        if (stream.IsEmpty && stream.Reader is null && stream.Newest > 0)
        {
            _streams.Remove(stream.Id);
        }
    }

    private static void Detach(StreamReader reader)
    {
        reader.Closed = true;
        reader.Signal?.TrySetResult();
        var stream = reader.Stream;
        if (stream.Reader == reader)
        {
            stream.Attach(null);
        }

        stream.CaughtUp?.TrySetResult();
        stream.CaughtUp = null;
    }

    private static void Wake(EventStream stream) => stream.Reader?.Signal?.TrySetResult();
}
