using OrleansMcp.Sessions.Streams;

namespace OrleansMcp.Sessions.Calls;

/// <summary>
/// Collects the answer of one POST: a single JSON body if no message precedes the final one, otherwise a stream. The requests of a batch
/// share one sink, which completes with the last of them.
/// </summary>
internal sealed class PostSink(SessionStreams streams, bool acceptsStream, int requests, bool isBatch)
{
    private readonly Lock _gate = new(); // guards the fields below, which are written under it alone
    private List<byte[]>? _finals; // of a batch
    private int _open = requests;
    private TaskCompletionSource<SessionReply>? _first;
    private EventStream? _stream;
    private SessionReply? _reply;

    /// <summary>The stream; null until a message was streamed.</summary>
    public EventStream? Stream => Volatile.Read(ref _stream);

    public bool AcceptsStream => acceptsStream;

    /// <summary>Called when the client stops reading before the stream ends; null where it may resume with <c>Last-Event-ID</c>.</summary>
    public Action? Abandoned { get; set; }

    /// <summary>
    /// Streams a message that precedes the final one. False when the client does not accept streams. What a handler that was given up still
    /// sends after the answer is dropped.
    /// </summary>
    public async ValueTask<bool> TrySendAsync(byte[] message, CancellationToken cancellationToken)
    {
        if (!acceptsStream)
        {
            return false;
        }

        if (EnsureStream() is { } stream)
        {
            await streams.Set.AppendAsync(stream, message, last: false, cancellationToken);
        }

        return true;
    }

    /// <summary>Turns the answer into a stream if it is not one yet, so that keep-alive comments can be sent while the call runs.</summary>
    public void Promote()
    {
        if (acceptsStream)
        {
            EnsureStream();
        }
    }

    /// <summary>Takes the final message of one request.</summary>
    public void Finish(Answer answer)
    {
        SessionReply? reply = null;
        lock (_gate)
        {
            var last = --_open == 0;
            if (_stream is not null)
            {
                Append(answer, last);
                return;
            }

            if (isBatch && answer.Body is not null)
            {
                (_finals ??= []).Add(answer.Body);
            }

            if (last)
            {
                _reply = reply = Compose(answer);
            }
        }

        if (reply is { } done)
        {
            _first?.TrySetResult(done);
        }
    }

    /// <summary>The reply to the POST. Called once all of its requests were started; completed on return when all of them have finished.</summary>
    public ValueTask<SessionReply> ReplyAsync()
    {
        lock (_gate)
        {
            if (_stream is { } stream)
            {
                return ValueTask.FromResult(SessionReply.Streaming(stream.Id));
            }

            if (_reply is { } reply)
            {
                return ValueTask.FromResult(reply);
            }

            _first = new(TaskCreationOptions.RunContinuationsAsynchronously);
            return new ValueTask<SessionReply>(_first.Task);
        }
    }

    private SessionReply Compose(Answer answer)
    {
        if (_finals is not null)
        {
            return SessionReply.Message(JoinArray(_finals));
        }

        if (answer.Body is not null)
        {
            return answer.ToReply();
        }

        // Cancelled, by a client that reads streams: no message is owed (basic/utilities/cancellation), so the answer is an empty stream.
        var stream = streams.Set.Open(resumable: false, abandoned: null);
        streams.Set.Complete(stream);
        _stream = stream;
        return SessionReply.Streaming(stream.Id);
    }

    /// <summary>The stream of the answer; null when the answer was given without one, so that no client would read it.</summary>
    private EventStream? EnsureStream()
    {
        lock (_gate)
        {
            if (_stream is not null || _reply is not null)
            {
                return _stream;
            }

            var stream = streams.Open(Abandoned);
            foreach (var body in _finals ?? [])
            {
                _ = streams.Set.AppendAsync(stream, body, last: false, CancellationToken.None, isCharged: true);
            }

            Volatile.Write(ref _stream, stream);
            _first?.TrySetResult(SessionReply.Streaming(stream.Id));
            return stream;
        }
    }

    private void Append(Answer answer, bool last)
    {
        if (answer.Body is not null)
        {
            // Not awaited: only messages before the final one wait for a slow reader.
            _ = streams.Set.AppendAsync(_stream!, answer.Body, last, CancellationToken.None, isCharged: true);
        }
        else if (last)
        {
            streams.Set.Complete(_stream!);
        }
    }

    private static byte[] JoinArray(List<byte[]> messages)
    {
        var buffer = new MemoryStream(messages.Sum(message => message.Length + 1) + 1);
        buffer.WriteByte((byte)'[');
        for (var i = 0; i < messages.Count; i++)
        {
            if (i > 0)
            {
                buffer.WriteByte((byte)',');
            }

            buffer.Write(messages[i]);
        }

        buffer.WriteByte((byte)']');
        return buffer.ToArray();
    }
}
