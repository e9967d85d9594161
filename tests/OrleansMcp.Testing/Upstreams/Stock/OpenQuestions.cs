using System.Collections.Concurrent;
using System.Text.Json.Serialization.Metadata;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace OrleansMcp.Tests.Upstreams.Stock;

/// <summary>Questions to clients that wait for their answer. Each has a state that must come back with it, unchanged and once.</summary>
internal sealed class OpenQuestions
{
    private const string Key = "answer";

    private readonly ConcurrentDictionary<string, bool> _answered = new(StringComparer.Ordinal);

    public IReadOnlyCollection<string> States => [.. _answered.Keys];

    /// <summary>The answer that came with a call.</summary>
    /// <exception cref="InputRequiredException">None came: the client is asked.</exception>
    /// <exception cref="McpProtocolException">It came with no state that was given away, or with one that was answered before.</exception>
    public T Answer<T>(RequestContext<CallToolRequestParams> call, JsonTypeInfo<T> type, Func<InputRequest> question)
        where T : class
    {
        if (call.Params.InputResponses is not { Count: > 0 } answers)
        {
            var state = $"stock-state-{Guid.NewGuid():N}";
            _answered[state] = false;
            throw new InputRequiredException(new Dictionary<string, InputRequest>(StringComparer.Ordinal) { [Key] = question() }, state);
        }

        if (call.Params.RequestState is not { } given || !_answered.TryUpdate(given, newValue: true, comparisonValue: false))
        {
            throw new McpProtocolException("The request state is not one that waits for an answer.", McpErrorCode.InvalidParams);
        }

        return (answers.TryGetValue(Key, out var answer) ? answer.Deserialize(type) : null)
            ?? throw new McpProtocolException("The answer is missing.", McpErrorCode.InvalidParams);
    }
}
