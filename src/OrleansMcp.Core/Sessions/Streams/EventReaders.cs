namespace OrleansMcp.Sessions.Streams;

/// <summary>
/// Who reads the streams of one session, from where, and what comes next. A replay reads what is held and holds nothing up. Guarded by the
/// lock of the <see cref="StreamSet"/>.
/// </summary>
internal sealed class EventReaders(string life, StreamTable streams)
{
    /// <summary>A reader of the stream that is asked for; null when that, or what came after the last event, is not held any more.</summary>
    public EventReader? Attach(StreamRequest request)
    {
        if (Find(request) is not var (stream, position))
        {
            return null;
        }

        if (stream.Reader is { } former)
        {
            // The newest reader wins: a client that reconnects has often lost the former connection without our noticing.
            streams.Detach(former);
        }

        var reader = new EventReader(stream, position);
        streams.Attach(reader);
        return reader;
    }

    /// <summary>What a reader gets next, or what it has to wait for. Neither: it has come to its end.</summary>
    public (SessionEvent? Item, Task? Wait) Next(EventReader reader)
    {
        if (reader.Closed)
        {
            return (null, null);
        }

        var stream = reader.Stream;
        if (stream.HangUp is { } hangUp && reader.Position >= hangUp.After)
        {
            stream.HangUp = null;
            streams.Detach(reader);
            return (new SessionEvent(SessionEventKind.HangUp, EventId.Format(life, stream.Id, reader.Position), Retry: hangUp.Retry), null);
        }

        if (stream.After(reader.Position) is { } found)
        {
            return (Take(reader, found), null);
        }

        stream.ReleaseWriters();
        return (null, stream.Finished ? null : reader.WaitAsync());
    }

    /// <summary>The reader is gone. What is to be called when nobody reads the stream any more, although it has not finished; or null.</summary>
    public Action? Leave(EventReader reader)
    {
        var stream = reader.Stream;
        if (stream.Reader != reader)
        {
            return null;
        }

        var abandoned = stream.Finished ? null : stream.Abandoned;
        streams.Detach(reader);
        if (!stream.Resumable)
        {
            streams.Forget(stream); // Whatever it holds or still gets, nobody can ask for.
        }

        return abandoned;
    }

    /// <summary>The stream of a request, and the event after which its reader begins.</summary>
    private (EventStream Stream, long Position)? Find(StreamRequest request)
    {
        if (request.LastEventId is not { } last)
        {
            return streams.Find(request.StreamId) is { } stream ? (stream, stream.Delivered) : null;
        }

        return EventId.TryParse(last, out var itsLife, out var id, out var position) && itsLife == life
            && streams.Find(id) is { } resumed && position <= resumed.Newest && resumed.Oldest <= position + 1
                ? (resumed, position)
                : null;
    }

    private SessionEvent? Take(EventReader reader, HeldEvent found)
    {
        if (found.Sequence > reader.Position + 1)
        {
            // A replay that was slower than the buffer: its client hears with its next Last-Event-ID that events are lost, not by a gap.
            streams.Detach(reader);
            return null;
        }

        reader.Position = found.Sequence;
        streams.Deliver(found);
        return found.Item;
    }
}
