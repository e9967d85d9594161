using System.Text.Json;
using System.Text.Json.Nodes;

namespace OrleansMcp.Tests.Hostile;

/// <summary>Says what is wrong with an answer.</summary>
internal static class Judge
{
    // Words that only the inside of the server uses.
    private static readonly string[] s_secrets = ["   at ", "System.", "Microsoft.", "ModelContextProtocol.", "OrleansMcp.", "Exception", ".cs:", "StackTrace", "demo-bob", "globex"];

    public static string? ProblemOf(HostileRequest request, HttpAnswer answer)
    {
        var expected = request.Expected;
        if (answer.Status == 0)
        {
            return answer.Body.Length > 0 && !expected.Foreign ? "The reply is not HTTP."
                : expected.Broken || request.Farewell != Farewell.Waits ? null
                : "The connection was closed without a reply.";
        }

        if (answer.Status >= 500 && !expected.Statuses.Contains(answer.Status))
        {
            return "A failure of the server.";
        }

        if (expected.Statuses.Count > 0 ? !expected.Statuses.Contains(answer.Status) : answer.Status is < 200 or (>= 300 and < 400))
        {
            return $"Expected {string.Join(" or ", expected.Statuses)}.";
        }

        if (s_secrets.FirstOrDefault(word => answer.Body.Contains(word, StringComparison.Ordinal)) is { } leaked)
        {
            return $"It talks about its inside: '{leaked}'.";
        }

        if (answer.Header("X-Injected").Length > 0)
        {
            return "A header was injected.";
        }

        return answer.Body.Length > 0 ? ProblemOfBody(answer, expected)
            : answer.Status == 202 || expected.Broken ? null
            : "The reply has no body.";
    }

    private static string? ProblemOfBody(HttpAnswer answer, Expectation expected)
    {
        foreach (var text in answer.IsStream ? Messages(answer.Body) : [answer.Body])
        {
            JsonNode? node;
            try
            {
                node = JsonNode.Parse(text);
            }
            catch (JsonException)
            {
                return $"Not JSON: {text[..Math.Min(text.Length, 200)]}";
            }

            foreach (var message in node is JsonArray many && many.Count > 0 ? many : [node])
            {
                if (ProblemOfMessage(message as JsonObject, answer.Status, expected) is { } problem)
                {
                    return problem;
                }
            }
        }

        return null;
    }

    private static IEnumerable<string> Messages(string stream) =>
        stream.Split('\n').Where(line => line.StartsWith("data: ", StringComparison.Ordinal)).Select(line => line["data: ".Length..]).Where(data => data.Length > 0);

    private static string? ProblemOfMessage(JsonObject? message, int status, Expectation expected)
    {
        if (message is null || (string?)message["jsonrpc"] != "2.0")
        {
            return "Not a JSON-RPC message.";
        }

        var error = message["error"] as JsonObject;
        if (message.ContainsKey("method") ? false : (error is null) == (message["result"] is null))
        {
            return "Neither a result nor an error, or both.";
        }

        if (error is null)
        {
            var failed = message["result"] is JsonObject result && result["isError"]?.GetValueKind() == JsonValueKind.True;
            return status >= 400 ? "A refusal without an error."
                : expected.Failure && !failed ? "It succeeded."
                : null;
        }

        if (error["code"]?.GetValueKind() != JsonValueKind.Number || error["message"]?.GetValueKind() != JsonValueKind.String)
        {
            return "An error without a code or a message.";
        }

        var code = (int)error["code"]!;
        return code == -32603 ? "An internal error."
            : expected.Codes.Count > 0 && !expected.Codes.Contains(code) ? $"Expected the code {string.Join(" or ", expected.Codes)}."
            : null;
    }
}
