using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;
using OrleansMcp.Authorization;
using OrleansMcp.Quotas;
using OrleansMcp.Records;
using OrleansMcp.Tests.Hosting;
using OrleansMcp.Tools;

namespace OrleansMcp.Tests.Sessions;

/// <summary>Tools that do one thing each, and count their runs.</summary>
[McpServerToolType]
internal sealed class BenchTools(Gates gates)
{
    private int _runs;

    /// <summary>How often a handler began.</summary>
    public int Runs => Volatile.Read(ref _runs);

    [McpServerTool(Name = "bench_echo"), Description("Returns its text.")]
    public string Echo(string text = "")
    {
        Interlocked.Increment(ref _runs);
        return text;
    }

    [McpServerTool(Name = "bench_kept", ReadOnly = true), CachedOutput(60), Description("Numbers its runs; its results are kept.")]
    public string Kept(ISessionContext session, string what = "nothing")
    {
        var run = Interlocked.Increment(ref _runs);
        if (what == "session")
        {
            _ = session.SessionName;
        }

        return what == "error" ? throw new McpException("No.") : $"run {run}";
    }

    [McpServerTool(Name = "bench_wait"), Description("Waits until the test lets it go.")]
    public async Task<string> WaitAsync(string gate, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _runs);
        await gates[gate].WaitAsync(cancellationToken);
        return "through";
    }

    [McpServerTool(Name = "bench_elicit"), Description("Waits for its user's answer.")]
    public static async Task<string> ElicitAsync(McpServer server, CancellationToken cancellationToken) =>
        (await server.ElicitAsync(new ElicitRequestParams { Message = "Which?", RequestedSchema = new() }, cancellationToken)).Action;

    [McpServerTool(Name = "bench_ask"), Description("Ends with a question, and is run again with the answer.")]
    public string Ask(RequestContext<CallToolRequestParams> request)
    {
        Interlocked.Increment(ref _runs);
        return request.Params.InputResponses?.TryGetValue("colour", out var answer) == true
            ? $"{request.Params.RequestState} {answer.RawValue.GetProperty("content").GetProperty("colour").GetString()}"
            : throw new InputRequiredException(new InputRequiredResult
            {
                InputRequests = new Dictionary<string, InputRequest>
                {
                    ["colour"] = InputRequest.ForElicitation(new ElicitRequestParams { Message = "Which?", RequestedSchema = new() }),
                },
                RequestState = "inner",
            });
    }

    [McpServerTool(Name = "bench_fail"), Description("Fails in one of several ways.")]
    public string Fail(ISessionContext session, string how = "unforeseen")
    {
        Interlocked.Increment(ref _runs);
        return how switch
        {
            "known" => throw new McpException("Not today."),
            "secret" => session.Secrets.Use("token", static secret => $"{secret.Length}"),
            "quota" => throw new QuotaExceededException(new QuotaRefusal(Quota.EgressCalls, QuotaScope.Client, RetryAfterSeconds: 3)),
            "records" => throw new RecordException(RecordException.Conflict, "Read again."),
            "permission" => throw new PermissionDeniedException(PermissionKind.RecordsRead, "orders"),
            "protocol" => throw new McpProtocolException("Malformed.", McpErrorCode.InvalidParams),
            _ => throw new InvalidOperationException("the password is hunter2"),
        };
    }
}

/// <summary>Resources and a prompt, which count as little as possible.</summary>
[McpServerResourceType, McpServerPromptType]
internal sealed class BenchResources
{
    [McpServerResource(UriTemplate = "bench://one", Name = "one", MimeType = "text/plain")]
    public static string One() => "the one";

    [McpServerResource(UriTemplate = "bench://items/{id}", Name = "item", MimeType = "text/plain")]
    public static string Item(string id) => $"item {id}";

    [McpServerResource(UriTemplate = "bench://broken", Name = "broken", MimeType = "text/plain")]
    public static string Broken() => throw new InvalidOperationException("the password is hunter2");

    [McpServerPrompt(Name = "bench_paint"), Description("Asks for paint.")]
    public static string Paint([AllowedValues("red", "rose", "green")] string colour) => $"Paint it {colour}.";
}
