using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using ModelContextProtocol.Protocol;

namespace OrleansMcp.Conformance.Fixtures;

/// <summary>What a client sent along when it repeated a request.</summary>
internal static class Answers
{
    /// <summary>
    /// The answer to the question <paramref name="key"/>; false when there is none or it is not one, so that the tool asks again.
    /// Other keys are ignored.
    /// </summary>
    public static bool TryGet<T>(
        IDictionary<string, InputResponse>? answers, string key, JsonTypeInfo<T> type, [NotNullWhen(true)] out T? answer)
        where T : class
    {
        answer = null;
        if (answers is null || !answers.TryGetValue(key, out var response))
        {
            return false;
        }

        try
        {
            answer = response.Deserialize(type);
        }
        catch (JsonException)
        {
        }

        return answer is not null;
    }

    /// <summary>The text of a field that the user filled in.</summary>
    public static string Text(ElicitResult answer, string field) =>
        answer.Content is { } content && content.TryGetValue(field, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()!
            : "(nothing)";
}
