using System.Text.Json;
using System.Text.Json.Nodes;
using ModelContextProtocol.Protocol;
using OrleansMcp.Upstreams;

namespace OrleansMcp.Sessions.Upstreams;

/// <summary>Marks what a server says to a client and its user with the server's name: on the client's side all servers are one.</summary>
internal static class UpstreamWords
{
    /// <summary>Whether a server may ask a client this.</summary>
    public static bool IsQuestion(string method) =>
        method is RequestMethods.ElicitationCreate or RequestMethods.SamplingCreateMessage or RequestMethods.RootsList;

    /// <summary>The params of a question as the client gets them.</summary>
    public static JsonObject? Question(string server, string method, JsonElement parameters)
    {
        if (parameters.ValueKind != JsonValueKind.Object || JsonObject.Create(parameters) is not { } asked)
        {
            return null;
        }

        if (method == RequestMethods.ElicitationCreate && asked["message"] is JsonValue text && text.TryGetValue(out string? message))
        {
            asked["message"] = $"{server}: {message}";
        }

        if (asked["elicitationId"] is JsonValue id && id.TryGetValue(out string? elicitation))
        {
            asked["elicitationId"] = Elicitation(server, elicitation);
        }

        if (asked["_meta"] is JsonObject meta)
        {
            meta.Remove("progressToken"); // The client would report its progress to nobody.
        }

        return asked;
    }

    /// <summary>What a client knows an elicitation by: servers may use the same ids, and theirs stay with them.</summary>
    public static string Elicitation(string server, string id) => $"{server}-{Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(id)))[..32]}";

    /// <summary>Puts the server's name before that of its logger.</summary>
    public static void NameLogger(string server, JsonObject parameters) =>
        parameters["logger"] = parameters["logger"] is JsonValue given && given.TryGetValue(out string? logger) && logger.Length > 0 ? $"{server}/{logger}" : server;
}
