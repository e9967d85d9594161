using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using OrleansMcp.Http.Endpoint;
using OrleansMcp.Http.Responses;
using OrleansMcp.Protocol;
using OrleansMcp.Sessions;
using OrleansMcp.Signals;
using OrleansMcp.Upstreams.Pins;

namespace OrleansMcp.Http.Operators;

/// <summary>The definitions of another server's tools that are approved for a tenant, and those that wait for an operator.</summary>
internal sealed partial class OperatorEndpoint
{
    public const string ServerParameter = "server";

    private const int MostTools = 10_000;
    private const string OtherThanApproval =
        "The body must be {\"tool\": NAME, \"digest\": DIGEST}, or {\"tools\": [...]} with up to 10000 of these, each once: the digests of the definitions that were looked at.";

    /// <summary><c>GET</c>, <c>POST</c> and <c>DELETE /ops/tenants/{tenant}/servers/{server}/tools</c>.</summary>
    public Task PinsAsync(HttpContext context) =>
        HttpMethods.IsPost(context.Request.Method) ? AdmitAsync(context, HttpMethods.Post, OnServer(ApproveToolsAsync))
        : HttpMethods.IsDelete(context.Request.Method) ? AdmitAsync(context, HttpMethods.Delete, OnServer(ForgetToolsAsync))
        : AdmitAsync(context, HttpMethods.IsGet(context.Request.Method) ? HttpMethods.Get : "GET, POST, DELETE", OnServer(ListToolsAsync));

    private Func<HttpContext, OperatorRequest, Task> OnServer(Func<HttpContext, OperatorRequest, string, Task> handle) => async (context, request) =>
    {
        if (Route(context, ServerParameter) is not { } server || !configuration.Current.Servers.ContainsKey(server))
        {
            await Replies.ErrorAsync(context, StatusCodes.Status404NotFound, RpcError.Refused, "The configuration has no such server.");
            return;
        }

        try
        {
            await handle(context, request, server);
        }
        catch (ToolPinsException e)
        {
            await Replies.ErrorAsync(context, StatusCodes.Status503ServiceUnavailable, RpcError.InternalError, e.Message); // The tenant's actor has logged it.
        }
    };

    private async Task ListToolsAsync(HttpContext context, OperatorRequest request, string server)
    {
        if (Limit(context) is not { } limit)
        {
            await BadLimitAsync(context);
            return;
        }

        var page = await tenants.Get(request.Tenant).ReadToolPinsAsync(server, context.Request.Query["after"], limit, context.RequestAborted);
        Raise(string.Create(CultureInfo.InvariantCulture, $"operator {request.Operator} looked at {page.Pins.Count} tools of server {server} of tenant {request.Tenant}"));
        await WriteAsync(context, OperatedTools.Of(configuration.Current.Servers[server], page), PinJson.Default.OperatedTools);
    }

    /// <summary>Not cancelled when the operator disconnects: what was begun is completed and audited.</summary>
    private async Task ApproveToolsAsync(HttpContext context, OperatorRequest request, string server)
    {
        if (BodyReader.TypeProblem(context.Request) is { } problem)
        {
            await Replies.ErrorAsync(context, StatusCodes.Status415UnsupportedMediaType, RpcError.Refused, problem);
            return;
        }

        if (ReadApproval((await bodies.ReadAsync(context.Request, held: null, int.MaxValue))!) is not { } asked)
        {
            await BadAsync(context, OtherThanApproval);
            return;
        }

        var outcome = await tenants.Get(request.Tenant).ChangeToolPinsAsync(new ToolPinChange(server, request.Operator, asked, Forget: []), CancellationToken.None);
        await (outcome.Refused.Count == 0
            ? WriteAsync(context, new ApprovedTools(outcome.Done), PinJson.Default.ApprovedTools)
            : Replies.ErrorAsync(
                context, StatusCodes.Status409Conflict, RpcError.Refused,
                $"Nothing was approved. Of these tools another definition waits than the one that was looked at, or none: {Names(outcome.Refused)}."));
    }

    private async Task ForgetToolsAsync(HttpContext context, OperatorRequest request, string server)
    {
        // A misspelt name must not forget all tools.
        var (query, tools) = (context.Request.Query, context.Request.Query["tool"]);
        var isAll = query.Count == 1 && query["all"] == "true";
        if (!isAll && (query.Count != 1 || tools.Count is 0 or > MostTools || tools.Any(string.IsNullOrEmpty)))
        {
            await BadAsync(context, "The query must be tool=NAME, which may be repeated, or all=true.");
            return;
        }

        var change = new ToolPinChange(server, request.Operator, Approve: [], isAll ? null : [.. tools.OfType<string>()]);
        var outcome = await tenants.Get(request.Tenant).ChangeToolPinsAsync(change, CancellationToken.None);
        await (outcome.Refused.Count == 0
            ? WriteAsync(context, new ForgottenTools(outcome.Done), PinJson.Default.ForgottenTools)
            : Replies.ErrorAsync(context, StatusCodes.Status404NotFound, RpcError.Refused, $"Nothing was forgotten. Of these tools nothing is known: {Names(outcome.Refused)}."));
    }

    private static IReadOnlyList<ApprovedDefinition>? ReadApproval(byte[] body)
    {
        ToolApprovalAsk? asked;
        try
        {
            asked = JsonSerializer.Deserialize(body, PinJson.Default.ToolApprovalAsk);
        }
        catch (JsonException)
        {
            return null;
        }

        IReadOnlyList<ToolDigest?>? tools = asked switch
        {
            { Tools: { } several, Tool: null, Digest: null } => several,
            { Tools: null, Tool: { } tool, Digest: { } digest } => [new ToolDigest(tool, digest)],
            _ => null,
        };
        return tools is { Count: > 0 and <= MostTools } && tools.All(static one => one is { Tool: not null, Digest: not null }) && tools.DistinctBy(static one => one!.Tool, StringComparer.Ordinal).Count() == tools.Count
            ? [.. tools.Select(static one => new ApprovedDefinition(one!.Tool, one.Digest))]
            : null;
    }

    private static string Names(IReadOnlyList<string> tools) => string.Join(", ", tools.Take(20)) + (tools.Count > 20 ? ", ..." : "");

    private void Raise(string what) => signals.Raise(new Signal(SignalName.OperatorAction, Who: null, What: what));
}
