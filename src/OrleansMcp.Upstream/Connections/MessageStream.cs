using System.Net.ServerSentEvents;
using OrleansMcp.Upstream.Credentials;
using OrleansMcp.Upstream.Messages;

namespace OrleansMcp.Upstream.Connections;

/// <summary>The messages of one response: the one of a JSON body, or those of an event stream.</summary>
internal sealed class MessageStream : IAsyncDisposable
{
    private const int FirstBuffer = 4096;

    private readonly HttpResponseMessage _response;
    private readonly BoundedStream _body;
    private readonly string _server;
    private readonly int _limit;
    private readonly Action<long>? _hold;
    private readonly CredentialGuard? _guard;
    private SseParser<UpstreamMessage?>? _events;
    private IAsyncEnumerator<SseItem<UpstreamMessage?>>? _enumerator; // with the first caller's token: a stream has one reader
    private bool _isRead;

    private MessageStream(HttpResponseMessage response, BoundedStream body, string server, int limit, Action<long>? hold, CredentialGuard? guard) =>
        (_response, _body, _server, _limit, _hold, _guard) = (response, body, server, limit, hold, guard);

    /// <summary>The id of the last event, to resume after it; empty when there was none.</summary>
    public string LastEventId => _events?.LastEventId ?? "";

    /// <summary>How long the server asks to wait before resuming.</summary>
    public TimeSpan Retry => _events?.ReconnectionInterval is { Ticks: > 0 } retry ? retry : TimeSpan.FromSeconds(1);

    /// <param name="response">The response, which the stream disposes of.</param>
    /// <param name="server">The server's name.</param>
    /// <param name="limit">Bytes of one message.</param>
    /// <param name="charge">Is told what was received.</param>
    /// <param name="hold">Is told what is held of a message that is read as a whole; null where nobody is charged.</param>
    /// <param name="guard">Judges each message before it is read; null where there is nothing to look for.</param>
    /// <exception cref="UpstreamException">It is neither JSON nor an event stream.</exception>
    public static MessageStream Open(HttpResponseMessage response, string server, int limit, Action<long> charge, Action<long>? hold, CredentialGuard? guard)
    {
        var type = response.Content.Headers.ContentType?.MediaType;
        var isEvents = string.Equals(type, "text/event-stream", StringComparison.OrdinalIgnoreCase);
        if (!isEvents && !string.Equals(type, "application/json", StringComparison.OrdinalIgnoreCase))
        {
            response.Dispose();
            throw new UpstreamException(server, UpstreamFault.Invalid, "answered with something that is neither JSON nor an event stream.");
        }

        var body = new BoundedStream(response.Content.ReadAsStream(), server, limit, charge);
        var stream = new MessageStream(response, body, server, limit, hold, guard);
        if (isEvents)
        {
            stream._events = SseParser.Create(body, (_, data) => data.IsEmpty ? null : stream.Parse(data));
        }

        return stream;
    }

    /// <summary>The next message, of which the caller disposes; null at the end.</summary>
    /// <exception cref="UpstreamException">What came is no message, or too much.</exception>
    public async ValueTask<UpstreamMessage?> NextAsync(CancellationToken cancellationToken)
    {
        if (_events is null)
        {
            return _isRead ? null : Parse((await ReadBodyAsync(cancellationToken)).Span);
        }

        _enumerator ??= _events.EnumerateAsync(cancellationToken).GetAsyncEnumerator(cancellationToken);
        while (await _enumerator.MoveNextAsync())
        {
            _body.Renew();
            if (_enumerator.Current.Data is { } message)
            {
                return message;
            }
        }

        return null;
    }

    public async ValueTask DisposeAsync()
    {
        if (_enumerator is not null)
        {
            await _enumerator.DisposeAsync();
        }

        _body.Dispose();
        _response.Dispose();
    }

    private async ValueTask<ReadOnlyMemory<byte>> ReadBodyAsync(CancellationToken cancellationToken)
    {
        _isRead = true;

        // One byte more than was announced, so that the end is seen without another round.
        var expected = _response.Content.Headers.ContentLength is { } announced && announced <= _limit ? (int)announced + 1 : FirstBuffer;
        var buffer = new byte[expected];
        var length = 0;
        _hold?.Invoke(buffer.Length);
        while (await _body.ReadAsync(buffer.AsMemory(length), cancellationToken) is > 0 and var count)
        {
            length += count;
            if (length == buffer.Length)
            {
                _hold?.Invoke(buffer.Length);
                Array.Resize(ref buffer, buffer.Length * 2);
            }
        }

        return buffer.AsMemory(0, length);
    }

    private UpstreamMessage Parse(ReadOnlySpan<byte> utf8)
    {
        _hold?.Invoke(utf8.Length);
        _guard?.Check(utf8);
        return UpstreamMessage.TryParse(utf8, out var message)
            ? message
            : throw new UpstreamException(_server, UpstreamFault.Invalid, "sent something that is no JSON-RPC message.");
    }
}
