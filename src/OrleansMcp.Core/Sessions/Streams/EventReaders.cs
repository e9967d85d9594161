namespace OrleansMcp.Sessions.Streams;

/// <summary>
/// The readers of one session's streams: attaches them at a position, hands them the next event, and detaches them. A replay reads what is
/// held and makes no writer wait. The lock of <see cref="StreamSet"/> guards all members.
/// </summary>
internal sealed class EventReaders(string life, StreamTable streams)
{
    /// <summary>Attaches a reader to the stream of a request. Null when the stream, or the event after the last one, is not held any more.</summary>
    public EventReader? Attach(StreamRequest request)
    {
        if (Find(request) is not var (stream, position))
        {
            return null;
        }

        if (stream.Reader is { } former)
        {
            // The newest reader wins: when a client reconnects, the server often has not noticed yet that the former connection is lost.
            streams.Detach(former);
        }

        var reader = new EventReader(stream, position);
        streams.Attach(reader);
        return reader;
    }

    /// <summary>The next event of a reader, or what it has to wait for. Neither when the reader has ended.</summary>
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

    /// <summary>Detaches a reader whose client is gone. Returns what to call because the stream had not finished, or null.</summary>
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
            streams.Forget(stream); // No request can name it any more.
        }

        return abandoned;
    }

    /// <summary>
    /// The stream of a request, and the event after which its reader begins. Null when it is the stream of a call whose events are gone: only
    /// there must the client know, and send its request again.
    /// </summary>
    private (EventStream Stream, long Position)? Find(StreamRequest request)
    {
        if (request.LastEventId is not { } last)
        {
            return streams.Find(request.StreamId) is { } stream ? (stream, stream.Delivered) : null;
        }

        if (EventId.TryParse(last, out var itsLife, out var id, out var position) && itsLife == life)
        {
            return streams.Find(id) is not { } resumed ? null
                : position <= resumed.Newest && resumed.Oldest <= position + 1 ? (resumed, position)
                : id == 0 ? (resumed, Math.Max(resumed.Oldest - 1, Math.Min(position, resumed.Delivered)))
                : null;
        }

        // An id of a former activation, or of nobody: some clients send the last one that they have for ever.
        return id == 0 && streams.Own() is var own ? (own, own.Delivered) : null;
    }

    private SessionEvent? Take(EventReader reader, HeldEvent found)
    {
        if (found.Sequence > reader.Position + 1)
        {
            // The replay was slower than the buffer. The client is told with its next Last-Event-ID that events are lost, instead of getting a gap.
            streams.Detach(reader);
            return null;
        }

        reader.Position = found.Sequence;
        streams.Deliver(found);
        return found.Item;
    }
}
