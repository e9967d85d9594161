using OrleansMcp.Http.Responses;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using OrleansMcp.Authorization;
using OrleansMcp.Configuration;
using OrleansMcp.Http.Endpoint;
using OrleansMcp.Protocol;
using OrleansMcp.Sessions;
using OrleansMcp.Signals;
using OrleansMcp.Tenants;

namespace OrleansMcp.Http.Operators;

/// <summary>The HTTP endpoints of operators: list the sessions of a tenant, revoke permissions of a session, end a session.</summary>
internal sealed partial class OperatorEndpoint(
    OperatorAdmission admission, BodyReader bodies, OperatedSessions sessions, ITenantDirectory tenants, IConfigurationSource configuration, ISignals signals)
{
    public const string TenantParameter = "tenant";
    public const string SessionParameter = "session";

    private const int DefaultPage = 100;
    private const int LargestPage = 1000;
    private const int MaxPermissions = 256;

    /// <summary><c>GET /ops/tenants/{tenant}/sessions?after=NAME&amp;limit=COUNT</c>.</summary>
    public Task ListAsync(HttpContext context) => AdmitAsync(context, HttpMethods.Get, ListAsync);

    /// <summary><c>DELETE /ops/tenants/{tenant}/sessions/{session}</c>.</summary>
    public Task EndAsync(HttpContext context) => AdmitAsync(context, HttpMethods.Delete, EndAsync);

    /// <summary><c>PUT /ops/tenants/{tenant}/sessions/{session}/permissions</c>.</summary>
    public Task ShrinkAsync(HttpContext context) => AdmitAsync(context, HttpMethods.Put, ShrinkAsync);

    private Task AdmitAsync(HttpContext context, string method, Func<HttpContext, OperatorRequest, Task> handle) => admission.AdmitAsync(
        context, method, (context, id) => Route(context, TenantParameter) is { } tenant && configuration.Current.Tenants.ContainsKey(tenant)
            ? handle(context, new OperatorRequest(id, tenant, OperatorAction.Inspect))
            : NotFoundAsync(context));

    private async Task ListAsync(HttpContext context, OperatorRequest request)
    {
        if (Limit(context) is not { } limit)
        {
            await BadLimitAsync(context);
            return;
        }

        string? after = context.Request.Query["after"];
        var (page, hasMore) = await sessions.ListAsync(request, after, limit, context.RequestAborted);
        signals.Raise(new Signal(
            SignalName.OperatorAction, Who: null, What: $"operator {request.Operator} listed {page.Count} sessions of tenant {request.Tenant}"));
        var listed = page.Select(one => new OperatedSession(
            one.Name, one.Session.Client!, one.Session.Subject, one.Session.OpenedAt, one.Session.LastActiveAt, one.Session.Calls,
            one.Session.Permissions));
        await WriteAsync(context, new OperatedPage([.. listed], hasMore ? page[^1].Name : null), OperatorJson.Default.OperatedPage);
    }

    private async Task EndAsync(HttpContext context, OperatorRequest request)
    {
        var reply = await OperateAsync(context, request with { Action = OperatorAction.End });
        await (reply.Receipt is { } receipt ? WriteAsync(context, receipt, OperatorJson.Default.SessionReceipt) : NotFoundAsync(context));
    }

    private async Task ShrinkAsync(HttpContext context, OperatorRequest request)
    {
        if (BodyReader.TypeProblem(context.Request) is { } type)
        {
            await Replies.ErrorAsync(context, StatusCodes.Status415UnsupportedMediaType, RpcError.Refused, type);
            return;
        }

        if (Permissions((await bodies.ReadAsync(context.Request, held: null, int.MaxValue))!, out var problem) is not { } remaining)
        {
            await BadAsync(context, problem);
            return;
        }

        var reply = await OperateAsync(context, request with { Action = OperatorAction.Shrink, Permissions = remaining });
        await (reply.IsFound
            ? WriteAsync(context, new RemainingPermissions(reply.Permissions), OperatorJson.Default.RemainingPermissions)
            : NotFoundAsync(context));
    }

    /// <summary>Not cancelled when the operator disconnects: an action that was begun is completed and audited.</summary>
    private async Task<OperatorReply> OperateAsync(HttpContext context, OperatorRequest request) =>
        Route(context, SessionParameter) is { } name && await sessions.FindAsync(request.Tenant, name, CancellationToken.None) is { } session
            ? await session.OperateAsync(request, CancellationToken.None)
            : OperatorReply.NotFound;

    private static IReadOnlyList<string>? Permissions(byte[] body, out string problem)
    {
        problem = "The body must be {\"permissions\": [...]}.";
        try
        {
            var asked = JsonSerializer.Deserialize(body, OperatorJson.Default.RemainingPermissions)?.Permissions;
            if (asked is null || asked.Count > MaxPermissions || asked.Contains(null!))
            {
                return null;
            }

            return PermissionSet.Parse(asked).Entries;
        }
        catch (JsonException)
        {
            return null;
        }
        catch (FormatException e)
        {
            problem = e.Message;
            return null;
        }
    }

    /// <summary>The requested page size; null when it is invalid.</summary>
    internal static int? Limit(HttpContext context) => !context.Request.Query.TryGetValue("limit", out var text) ? DefaultPage
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && limit is > 0 and <= LargestPage ? limit
        : null;

    internal static Task BadLimitAsync(HttpContext context) => BadAsync(context, $"limit must be a number from 1 to {LargestPage}.");

    internal static string? Route(HttpContext context, string parameter) => context.Request.RouteValues[parameter] as string;

    private static Task WriteAsync<T>(HttpContext context, T value, JsonTypeInfo<T> type) =>
        Replies.JsonAsync(context, StatusCodes.Status200OK, JsonSerializer.SerializeToUtf8Bytes(value, type));

    private static Task BadAsync(HttpContext context, string message) =>
        Replies.ErrorAsync(context, StatusCodes.Status400BadRequest, RpcError.InvalidRequest, message);

    internal static Task NotFoundAsync(HttpContext context) =>
        Replies.ErrorAsync(context, StatusCodes.Status404NotFound, RpcError.Refused, "There is no such tenant or session.");
}
