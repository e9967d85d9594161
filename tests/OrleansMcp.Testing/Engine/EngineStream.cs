using System.Text.Json.Nodes;
using OrleansMcp.Sessions;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Engine;

/// <summary>A message on a stream, and where to resume after it.</summary>
internal sealed record StreamMessage(string? Id, JsonNode Json)
{
    public string? Method => (string?)Json["method"];

    public JsonNode? Params => Json["params"];
}

/// <summary>A stream while it is read. Disposing it leaves the stream, as a front end does whose client went away.</summary>
internal sealed class EngineStream : IAsyncDisposable
{
    private readonly CancellationTokenSource _leaving = new();
    private readonly IAsyncEnumerator<SessionEvent> _events;
    private Task<bool>? _pending;
    private bool _left;

    public EngineStream(Func<CancellationToken, IAsyncEnumerable<SessionEvent>> listen) =>
        _events = listen(_leaving.Token).GetAsyncEnumerator(_leaving.Token);

    /// <summary>The next item, or null when the stream has ended.</summary>
    public async Task<SessionEvent?> NextAsync()
    {
        _pending ??= _events.MoveNextAsync().AsTask();
        var moved = await _pending.InTime("the next item of a stream");
        _pending = null;
        return moved ? _events.Current : null;
    }

    /// <summary>The next message, or null when the stream has ended.</summary>
    public async Task<StreamMessage?> NextMessageAsync()
    {
        while (await NextAsync() is { } item)
        {
            if (item.Kind == SessionEventKind.Message)
            {
                return new StreamMessage(item.Id, JsonNode.Parse(item.Data.Span)!);
            }
        }

        return null;
    }

    public async Task<StreamMessage> UntilMethodAsync(string method)
    {
        while (true)
        {
            var message = await NextMessageAsync();
            Assert.True(message is not null, $"The stream ended before {method}.");
            if (message.Method == method)
            {
                return message;
            }
        }
    }

    public async Task<JsonNode> UntilAnswerAsync()
    {
        while (true)
        {
            var message = await NextMessageAsync();
            Assert.True(message is not null, "The stream ended without an answer.");
            if (message.Method is null)
            {
                return message.Json;
            }
        }
    }

    /// <summary>The messages up to the end of the stream.</summary>
    public async Task<List<StreamMessage>> ToEndAsync()
    {
        List<StreamMessage> messages = [];
        while (await NextMessageAsync() is { } message)
        {
            messages.Add(message);
        }

        return messages;
    }

    public async ValueTask DisposeAsync()
    {
        if (_left)
        {
            return;
        }

        _left = true;
        await _leaving.CancelAsync();
        if (_pending is { } pending)
        {
            try
            {
                await pending.InTime("a reader left");
            }
            catch (OperationCanceledException)
            {
            }
        }

        await _events.DisposeAsync();
        _leaving.Dispose();
    }
}
