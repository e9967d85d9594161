using System.Text.Json;
using System.Text.Json.Nodes;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using OrleansMcp.Authorization;
using OrleansMcp.Protocol;
using OrleansMcp.Secrets;
using OrleansMcp.Sessions.Upstreams;
using OrleansMcp.Signals;
using OrleansMcp.Upstreams;

namespace OrleansMcp.Sessions.Calls;

/// <summary>
/// Turns the exception of a failed request into its answer: enough for the client to act on, never a stack trace or the message of an
/// unknown exception.
/// </summary>
internal static class Failures
{
    public static McpProtocolException NoSuchMethod(string method) =>
        new($"Method '{Shown(method)}' is not available.", McpErrorCode.MethodNotFound);

    public static McpProtocolException AlreadyInitialized() =>
        new("This session is initialized already.", McpErrorCode.InvalidRequest);

    /// <summary>The method sets what a session has, and the request came without one.</summary>
    public static McpProtocolException NeedsSession(string method) =>
        new($"Method '{method}' needs a session: send the header Mcp-Session-Id that initialize returned.", McpErrorCode.InvalidRequest);

    public static McpProtocolException InvalidParams(string message) => new(message, McpErrorCode.InvalidParams);

    /// <summary>The request needs a capability that the client did not declare (2026-07-28).</summary>
    public static McpProtocolException MissingCapability(ClientCapabilities required) =>
        new MissingRequiredClientCapabilityException(required, "The client did not declare a capability that this request needs.");

    /// <summary>There is no such resource; the code differs by era (2026-07-28, server/resources, Error Handling).</summary>
    public static McpProtocolException NoSuchResource(string uri, bool sessionless) => new ResourceNotFoundException(uri, sessionless);

    public static Answer ToAnswer(RunningCall call, Exception exception, string session, FailureLog log)
    {
        var sessionless = call.Meta.IsSessionless;
        switch (exception)
        {
            case OperationCanceledException when call.Token.IsCancellationRequested:
                return call.Cancelled switch
                {
                    CancelReason.Client => Answer.Cancelled(call),
                    CancelReason.SessionMoved => Answer.Moved(call),
                    _ => Answer.Error(call.Id, RpcError.Refused, "The session ended before the request did.", sessionless),
                };
            case PermissionDeniedException denied:
                return Answer.Error(call.Id, RpcError.Refused, denied.Message, sessionless, denied.Details);
            case MissingRequiredClientCapabilityException missing:
                return Answer.Error(call.Id, RpcError.MissingCapability, missing.Message, sessionless, CapabilityData(missing));
            case ResourceNotFoundException resource:
                return Answer.Error(call.Id, (int)resource.ErrorCode, resource.Message, sessionless, new JsonObject { ["uri"] = resource.Uri });
            case UrlElicitationRequiredException url:
                return Answer.Error(call.Id, (int)url.ErrorCode, url.Message, sessionless, UrlData(url));
            case McpProtocolException protocol:
                return Answer.Error(call.Id, (int)protocol.ErrorCode, protocol.Message, sessionless);
            case UpstreamErrorException error:
                return OfServer(call, error);
            case UpstreamException upstream:
                return Answer.Error(call.Id, RpcError.Refused, upstream.Message, sessionless, upstream.Details());
            case ToolWithheldException withheld:
                return Answer.Error(call.Id, RpcError.Refused, withheld.Message, sessionless, new JsonObject { ["code"] = withheld.Code });
            case SecretUnavailableException secret:
                return Answer.Error(call.Id, RpcError.Refused, secret.Message, sessionless, SecretData(secret));
            case ThrottledException throttled:
                return Answer.Throttled(call.Id, throttled);
            case QuotaExceededException over: // Who refused it has raised the signal.
                return Answer.OverQuota(call.Id, over.Refusal);
            case QuotaUnavailableException unavailable:
                return Answer.Unavailable(call.Id, unavailable);
            case McpException known:
                return Answer.Error(call.Id, RpcError.InternalError, known.Message, sessionless);
            case JsonException:
                return Answer.Error(call.Id, RpcError.InvalidParams, "The params do not fit the method.", sessionless);
            default:
                log.RequestFailed(call, session, exception);
                return Answer.Error(call.Id, RpcError.InternalError, "The request failed on the server.", sessionless);
        }
    }

    /// <summary>A name from the client, cut to 80 characters.</summary>
    public static string Shown(string name) => name.Length <= 80 ? name : string.Concat(name.AsSpan(0, 77), "...");

    /// <summary>The error that another server answered with, in its words.</summary>
    private static Answer OfServer(RunningCall call, UpstreamErrorException error)
    {
        var data = error.ErrorData.ValueKind == JsonValueKind.Undefined ? null : JsonSerializer.SerializeToNode(error.ErrorData, Wire.Type<JsonElement>());
        return error.IsForClient
            ? Answer.Error(call.Id, error.ErrorCode, error.Message, call.Meta.IsSessionless, data)
            : Answer.Error(call.Id, RpcError.Refused, $"{error.Server}: {error.Message}", call.Meta.IsSessionless, new JsonObject
            {
                ["code"] = "upstream_error", ["server"] = error.Server, ["error"] = new JsonObject { ["code"] = error.ErrorCode, ["data"] = data },
            });
    }

    private static JsonObject UrlData(UrlElicitationRequiredException url) => new()
    {
        ["elicitations"] = new JsonArray([.. url.Elicitations.Select(one => JsonSerializer.SerializeToNode(one, Wire.Type<ElicitRequestParams>()))]),
    };

    private static JsonObject CapabilityData(MissingRequiredClientCapabilityException missing) => new()
    {
        ["requiredCapabilities"] = JsonSerializer.SerializeToNode(missing.RequiredCapabilities, Wire.Type<ClientCapabilities>()),
    };

    private static JsonObject SecretData(SecretUnavailableException secret)
    {
        var data = new JsonObject { ["code"] = SecretUnavailableException.Code, ["secret"] = secret.Name };
        if (secret.Server is { } server)
        {
            data["server"] = server;
        }

        return data;
    }

    private sealed class ResourceNotFoundException(string uri, bool sessionless)
        : McpProtocolException($"Unknown resource: '{Shown(uri)}'", sessionless ? McpErrorCode.InvalidParams : McpErrorCode.ResourceNotFound)
    {
        public string Uri { get; } = uri;
    }
}
