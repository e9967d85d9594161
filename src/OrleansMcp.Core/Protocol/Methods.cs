using System.Collections.Frozen;
using ModelContextProtocol.Protocol;

namespace OrleansMcp.Protocol;

/// <summary>Method names that are spelled out nowhere else, and what the front end must know about methods.</summary>
public static class Methods
{
    /// <summary>Opens a session.</summary>
    public const string Initialize = RequestMethods.Initialize;

    /// <summary>Calls a tool.</summary>
    public const string ToolsCall = RequestMethods.ToolsCall;

    /// <summary>Gives a session a secret: a request of this server beside the protocol, named here so that a scope can grant it.</summary>
    public const string SecretsPut = "secrets/put";

    /// <summary>Takes a secret back.</summary>
    public const string SecretsDelete = "secrets/delete";

    /// <summary>Every request that the server serves, of all revisions.</summary>
    public static IReadOnlyList<string> Requests { get; } =
    [
        RequestMethods.Initialize, RequestMethods.ServerDiscover, RequestMethods.Ping, RequestMethods.LoggingSetLevel,
        RequestMethods.ToolsList, RequestMethods.ToolsCall, RequestMethods.PromptsList, RequestMethods.PromptsGet,
        RequestMethods.ResourcesList, RequestMethods.ResourcesTemplatesList, RequestMethods.ResourcesRead,
        RequestMethods.ResourcesSubscribe, RequestMethods.ResourcesUnsubscribe, RequestMethods.SubscriptionsListen,
        RequestMethods.CompletionComplete, SecretsPut, SecretsDelete,
    ];

    private static readonly FrozenSet<string> s_known = FrozenSet.Create(StringComparer.Ordinal,
    [
        .. Requests, NotificationMethods.InitializedNotification, NotificationMethods.CancelledNotification,
        NotificationMethods.ProgressNotification, NotificationMethods.RootsListChangedNotification,
    ]);

    /// <summary>The param that <c>Mcp-Name</c> repeats for <paramref name="method"/>, or null (2026-07-28, Standard Request Headers).</summary>
    public static string? NameParameter(string method) => method switch
    {
        RequestMethods.ToolsCall or RequestMethods.PromptsGet => "name",
        RequestMethods.ResourcesRead => "uri",
        _ => null,
    };

    /// <summary>Methods that 2026-07-28 removed.</summary>
    internal static bool IsRemoved(string method) => method is RequestMethods.Initialize or RequestMethods.Ping
        or RequestMethods.LoggingSetLevel or RequestMethods.ResourcesSubscribe or RequestMethods.ResourcesUnsubscribe;

    /// <summary>The shared instance of a known method name, so that it is compared by reference and not held once per message.</summary>
    internal static string Intern(string method) => s_known.TryGetValue(method, out var known) ? known : method;

    /// <summary>The method as a tag of metrics and traces: names that clients invent must not become tags.</summary>
    internal static string Tag(string method) => s_known.TryGetValue(method, out var known) ? known : "_OTHER";
}
