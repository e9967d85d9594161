using System.Text.Json;
using System.Text.Json.Nodes;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using OrleansMcp.Protocol;
using OrleansMcp.Quotas;
using OrleansMcp.Secrets.Callers;
using OrleansMcp.Secrets.References;
using OrleansMcp.Sessions.Calls;
using OrleansMcp.Sessions.Handlers;
using OrleansMcp.Sessions.Input;
using OrleansMcp.Upstreams;

namespace OrleansMcp.Sessions.Upstreams;

/// <summary>What a request of a session's client passes to a server, and what comes back before the answer: to the stream of this request alone.</summary>
internal sealed class UpstreamExchange(RunningCall call, string server, HandlerEnvironment environment, ReferencedSecrets references) : IUpstreamExchange
{
    private static readonly ClientCapabilities s_all = new() { Elicitation = new() { Form = new(), Url = new() }, Sampling = new(), Roots = new() };

    public ClientCapabilities Capabilities => call.Meta.Capabilities;

    public ClientCapabilities SessionCapabilities => environment.Client.Meta?.Capabilities ?? s_all;

    // In the era of sessions a client that has set no level gets all.
    public LoggingLevel? LogLevel => call.Meta.IsSessionless ? call.Meta.LogLevel : SessionLogLevel ?? LoggingLevel.Debug;

    public LoggingLevel? SessionLogLevel => environment.Client.Meta?.LogLevel;

    public JsonElement Meta => MetaOf("_meta"u8, call.Message.Params);

    public bool WantsProgress => ProgressToken.ValueKind is JsonValueKind.String or JsonValueKind.Number;

    public CallerToken? CallerToken => call.CallerToken;

    private JsonElement ProgressToken => MetaOf("progressToken"u8, Meta);

    public ValueTask PrepareSecretsAsync(CancellationToken cancellationToken) => references.EnsureReadAsync(cancellationToken);

    public async ValueTask NotifyAsync(string method, JsonElement parameters, CancellationToken cancellationToken)
    {
        if (parameters.ValueKind != JsonValueKind.Object || JsonObject.Create(parameters) is not { } passed)
        {
            return;
        }

        if (method == NotificationMethods.ProgressNotification)
        {
            passed["progressToken"] = JsonSerializer.SerializeToNode(ProgressToken, Wire.Type<JsonElement>());
        }
        else if (method == NotificationMethods.LoggingMessageNotification)
        {
            UpstreamWords.NameLogger(server, passed);
        }

        await environment.Notifier.SendAsync(call, new JsonRpcNotification { Method = method, Params = passed }, cancellationToken);
    }

    public async ValueTask<JsonElement> AskAsync(string method, JsonElement parameters, CancellationToken cancellationToken)
    {
        if (!UpstreamWords.IsQuestion(method))
        {
            throw new McpProtocolException("There is no such method.", McpErrorCode.MethodNotFound);
        }

        InputCapability.Require(call.Meta.Capabilities, method, parameters.ValueKind == JsonValueKind.Undefined ? null : parameters);
        var asked = UpstreamWords.Question(server, method, parameters);
        var answer = await environment.AskAsync(call, new JsonRpcRequest { Method = method, Params = asked }, cancellationToken);
        return JsonSerializer.SerializeToElement(answer.Result!, Wire.Type<JsonNode>());
    }

    // Requests to servers are as many as the client's own, which are counted. What each of them carries is not.
    public ValueTask CheckAsync(CancellationToken cancellationToken) => environment.Account.SpendAsync(call, Quota.EgressBytes, 0, cancellationToken);

    public void Charge(long bytes) => environment.Account.Meter.Charge(Quota.EgressBytes, bytes);

    public void Hold(long bytes) => call.Held?.Take(bytes);

    private static JsonElement MetaOf(ReadOnlySpan<byte> name, JsonElement element) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var member) ? member : default;
}
