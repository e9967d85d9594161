using System.Text.Json;
using System.Text.Json.Nodes;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using OrleansMcp.Protocol;
using OrleansMcp.Quotas;
using OrleansMcp.Secrets.References;
using OrleansMcp.Sessions.Calls;
using OrleansMcp.Sessions.Handlers;
using OrleansMcp.Sessions.Input;
using OrleansMcp.Upstreams;

namespace OrleansMcp.Sessions.Upstreams;

/// <summary>What a request of a session's client passes to a server, and what comes back before the answer: to the stream of this request alone.</summary>
internal sealed class UpstreamExchange(RunningCall call, string server, HandlerEnvironment environment, ReferencedSecrets references) : IUpstreamExchange
{
    public ClientCapabilities Capabilities => call.Meta.Capabilities;

    public LoggingLevel? LogLevel => call.Meta.IsSessionless ? call.Meta.LogLevel : environment.Client.Meta?.LogLevel;

    public JsonElement Meta => MetaOf("_meta"u8, call.Message.Params);

    public bool WantsProgress => ProgressToken.ValueKind is JsonValueKind.String or JsonValueKind.Number;

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

    public ValueTask CountAsync(CancellationToken cancellationToken) => environment.Account.SpendAsync(call, Quota.EgressCalls, 1, cancellationToken);

    public void Charge(long bytes) => environment.Account.Meter.Charge(Quota.EgressBytes, bytes);

    public void Hold(long bytes) => call.Held?.Take(bytes);

    private static JsonElement MetaOf(ReadOnlySpan<byte> name, JsonElement element) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var member) ? member : default;
}
