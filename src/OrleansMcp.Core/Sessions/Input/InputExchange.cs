using System.Globalization;
using System.Text.Json;
using ModelContextProtocol.Protocol;

namespace OrleansMcp.Sessions.Input;

/// <summary>
/// The input that a running handler waits for between a request and its retry (2026-07-28, Multi Round-Trip Requests). The handler stays
/// suspended in the actor; the client holds only a sealed name for it.
/// </summary>
internal sealed class InputExchange
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, (InputRequest Request, TaskCompletionSource<JsonElement> Answer)> _open = new(StringComparer.Ordinal);
    private TaskCompletionSource _news = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _last;

    /// <summary>The running handler; null if it finished at once.</summary>
    public Task<byte[]>? Handler { get; set; }

    /// <summary>The digest of the request's method and params, which a retry must match.</summary>
    public string Digest { get; init; } = "";

    /// <summary>Completes when the handler has asked for input.</summary>
    public Task News
    {
        get
        {
            lock (_gate)
            {
                return _news.Task;
            }
        }
    }

    public Task<JsonElement> Ask(InputRequest request)
    {
        var answer = new TaskCompletionSource<JsonElement>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            _open.Add(string.Create(CultureInfo.InvariantCulture, $"input-{++_last}"), (request, answer));
            _news.TrySetResult();
        }

        return answer.Task;
    }

    /// <summary>The requests for input without an answer, for the next result.</summary>
    public Dictionary<string, InputRequest> TakeQuestions()
    {
        lock (_gate)
        {
            _news = new(TaskCreationOptions.RunContinuationsAsynchronously);
            return _open.ToDictionary(pair => pair.Key, pair => pair.Value.Request, StringComparer.Ordinal);
        }
    }

    /// <summary>
    /// Completes requests for input with the answers of a retry. Answers without a request are ignored; requests without an answer are sent
    /// again.
    /// </summary>
    public void Answer(JsonElement responses)
    {
        List<(TaskCompletionSource<JsonElement> Waiting, JsonElement Value)> given = [];
        lock (_gate)
        {
            if (responses.ValueKind == JsonValueKind.Object)
            {
                foreach (var response in responses.EnumerateObject())
                {
                    if (_open.Remove(response.Name, out var question))
                    {
                        given.Add((question.Answer, response.Value));
                    }
                }
            }

            if (_open.Count > 0)
            {
                _news.TrySetResult();
            }
        }

        foreach (var (waiting, value) in given)
        {
            waiting.TrySetResult(value);
        }
    }

    public Task<byte[]> Resumed() => Handler ?? throw new InvalidOperationException("Nothing waits for input.");
}
