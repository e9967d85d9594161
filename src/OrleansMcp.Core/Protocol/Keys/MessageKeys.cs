using System.Collections.Frozen;
using System.Text.Json;
using ModelContextProtocol.Protocol;

namespace OrleansMcp.Protocol.Keys;

/// <summary>The keys of messages: of the message itself, of the params of every method, and of what a client answers to requests for input.</summary>
internal static class MessageKeys
{
    private const string Meta = "_meta";

    private static readonly ObjectKeys s_message =
        new ObjectKeys().With("jsonrpc").With("id").With("method").With("params").With("result").With("error");

    private static readonly TypeKeys s_types = new();
    private static readonly ObjectKeys s_meta = NewMeta();
    private static readonly KeyShape s_answer = NewAnswer();
    private static readonly FrozenDictionary<string, KeyShape> s_params = NewParams().ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>What is wrong with the keys of a message, without those of its params; null when nothing.</summary>
    public static string? ProblemInMessage(JsonElement root) => s_message.ProblemIn(root);

    /// <summary>What is wrong with the keys of the params of a method; null when nothing, or when there is no such method.</summary>
    public static string? ProblemInParams(string method, JsonElement parameters) => s_params.GetValueOrDefault(method)?.ProblemIn(parameters);

    /// <summary>What is wrong with the keys of a client's answer to a request for input, of whatever method; null when nothing.</summary>
    public static string? ProblemInAnswer(JsonElement result) => s_answer.ProblemIn(result);

    private static ObjectKeys NewMeta() => new ObjectKeys(OwnMetaKeys.Prefix)
        .With("progressToken")
        .With(MetaKeys.ProtocolVersion)
        .With(MetaKeys.ClientInfo, s_types.Of(typeof(Implementation)))
        .With(MetaKeys.ClientCapabilities, s_types.Of(typeof(ClientCapabilities)))
        .With(MetaKeys.ServerInfo)
        .With(MetaKeys.LogLevel)
        .With(MetaKeys.SubscriptionId)
        .With("traceparent").With("tracestate").With("baggage")
        .With(OwnMetaKeys.Permissions).With(OwnMetaKeys.Delivery).With(OwnMetaKeys.Cached).With(OwnMetaKeys.Age);

    /// <summary>The results of all requests for input: no two of them have keys that differ in case only.</summary>
    private static ObjectKeys NewAnswer() => new ObjectKeys()
        .With(Meta, s_meta)
        .With("action").With("content", ForeignKeys.Instance)
        .With("role").With("model").With("stopReason")
        .With("roots", s_types.Of(typeof(IList<Root>)));

    private static Dictionary<string, KeyShape> NewParams() => new()
    {
        [RequestMethods.Initialize] = Params<InitializeRequestParams>(),
        [RequestMethods.ServerDiscover] = Params<DiscoverRequestParams>(),
        [RequestMethods.Ping] = Params<PingRequestParams>(),
        [RequestMethods.LoggingSetLevel] = Params<SetLevelRequestParams>(),
        [RequestMethods.ToolsList] = Params<ListToolsRequestParams>(),
        [RequestMethods.ToolsCall] = Params<CallToolRequestParams>(), // ToolRequest reads the arguments.
        [RequestMethods.PromptsList] = Params<ListPromptsRequestParams>(),
        [RequestMethods.PromptsGet] = Params<GetPromptRequestParams>().With("arguments", ForeignKeys.Instance),
        [RequestMethods.ResourcesList] = Params<ListResourcesRequestParams>(),
        [RequestMethods.ResourcesTemplatesList] = Params<ListResourceTemplatesRequestParams>(),
        [RequestMethods.ResourcesRead] = Params<ReadResourceRequestParams>(),
        [RequestMethods.ResourcesSubscribe] = Params<SubscribeRequestParams>(),
        [RequestMethods.ResourcesUnsubscribe] = Params<UnsubscribeRequestParams>(),
        [RequestMethods.SubscriptionsListen] = Params<SubscriptionsListenRequestParams>(),
        [RequestMethods.CompletionComplete] = Params<CompleteRequestParams>()
            .With("context", new ObjectKeys().With("arguments", ForeignKeys.Instance)),
        [NotificationMethods.InitializedNotification] = Params<InitializedNotificationParams>(),
        [NotificationMethods.CancelledNotification] = Params<CancelledNotificationParams>(),
        [NotificationMethods.ProgressNotification] = Params<ProgressNotificationParams>(),
        [NotificationMethods.RootsListChangedNotification] = Params<RootsListChangedNotificationParams>(),
    };

    private static ObjectKeys Params<T>() => s_types.ObjectOf<T>().With(Meta, s_meta).With("inputResponses", new MapKeys(s_answer));
}
