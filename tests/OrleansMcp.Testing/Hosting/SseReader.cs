using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace OrleansMcp.Tests.Hosting;

/// <summary>One event of a stream as the wire carried it.</summary>
internal sealed record SseEvent(string? Id, string? Event, string Data, int? Retry)
{
    public JsonNode Json => JsonNode.Parse(Data)!;

    public string? Method => Data.Length == 0 ? null : (string?)Json["method"];

    public bool IsAnswer => Data.Length > 0 && Json["method"] is null && Json["id"] is not null;
}

/// <summary>Reads events as they arrive (WHATWG HTML, server-sent events).</summary>
internal sealed class SseReader(Stream stream) : IDisposable
{
    private readonly StreamReader _reader = new(stream, new UTF8Encoding(false, throwOnInvalidBytes: true));

    /// <summary>Comment lines seen so far.</summary>
    public int Comments { get; private set; }

    /// <summary>How long to wait before the stream is opened again, milliseconds; null when it did not say.</summary>
    public int? Retry { get; private set; }

    /// <summary>The next event, or null at the end of the stream. A dropped connection is an end too.</summary>
    public async Task<SseEvent?> NextAsync(TimeSpan? deadline = null)
    {
        using var patience = new CancellationTokenSource(deadline ?? Eventually.Deadline);
        try
        {
            return await ReadAsync(patience.Token);
        }
        catch (OperationCanceledException e)
        {
            throw new TimeoutException("No event arrived in time.", e);
        }
    }

    /// <summary>The next event with data; skips priming events and retry hints.</summary>
    public async Task<SseEvent> NextMessageAsync()
    {
        while (await NextAsync() is { } item)
        {
            if (item.Data.Length > 0)
            {
                return item;
            }
        }

        throw new EndOfStreamException("The stream ended without another message.");
    }

    /// <summary>Skips to the message that is wanted.</summary>
    public async Task<SseEvent> UntilAsync(Func<SseEvent, bool> wanted)
    {
        while (true)
        {
            var item = await NextMessageAsync();
            if (wanted(item))
            {
                return item;
            }
        }
    }

    public Task<SseEvent> UntilMethodAsync(string method) => UntilAsync(item => item.Method == method);

    public Task<SseEvent> UntilAnswerAsync() => UntilAsync(item => item.IsAnswer);

    public async Task<IReadOnlyList<SseEvent>> ToEndAsync()
    {
        List<SseEvent> events = [];
        while (await NextAsync() is { } item)
        {
            events.Add(item);
        }

        return events;
    }

    public void Dispose() => _reader.Dispose();

    private async Task<SseEvent?> ReadAsync(CancellationToken cancellationToken)
    {
        string? id = null, name = null;
        int? retry = null;
        List<string>? data = null;
        while (true)
        {
            string? line;
            try
            {
                line = await _reader.ReadLineAsync(cancellationToken);
            }
            catch (IOException)
            {
                return null;
            }

            if (line is null)
            {
                return null;
            }

            if (line.Length == 0)
            {
                if (id is not null || name is not null || retry is not null || data is not null)
                {
                    return new SseEvent(id, name, data is null ? "" : string.Join('\n', data), retry);
                }

                continue;
            }

            if (line[0] == ':')
            {
                Comments++;
                continue;
            }

            var colon = line.IndexOf(':', StringComparison.Ordinal);
            var field = colon < 0 ? line : line[..colon];
            var value = colon < 0 ? "" : line[(colon + 1)..];
            value = value.StartsWith(' ') ? value[1..] : value;
            switch (field)
            {
                case "id": id = value; break;
                case "event": name = value; break;
                case "data": (data ??= []).Add(value); break;
                case "retry": Retry = retry = int.Parse(value, CultureInfo.InvariantCulture); break;
                default: throw new InvalidDataException($"Unknown SSE field '{field}'.");
            }
        }
    }
}
