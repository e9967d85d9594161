using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using OrleansMcp.Sessions;
using OrleansMcp.Signals;
using OrleansMcp.ToolLogs;

namespace OrleansMcp.Http.Operators;

/// <summary>The tool log of a tenant as operators see it: all of its tools and clients.</summary>
internal sealed partial class OperatorEndpoint
{
    /// <summary><c>GET /ops/tenants/{tenant}/toollog?limit=COUNT&amp;tool=NAME&amp;outcome=CODE</c>.</summary>
    public Task ToolLogAsync(HttpContext context) => AdmitAsync(context, HttpMethods.Get, ToolLogAsync);

    private async Task ToolLogAsync(HttpContext context, OperatorRequest request)
    {
        if (Limit(context) is not { } limit)
        {
            await BadLimitAsync(context);
            return;
        }

        var query = context.Request.Query;
        var filter = new ToolLogFilter { Limit = limit, Tool = query["tool"], Outcome = query["outcome"] };
        var entries = await tenants.Get(request.Tenant)
            .ReadCallsAsync(ToolLogQuery.ByOperator(request.Operator, request.Tenant, filter), context.RequestAborted);
        signals.Raise(new Signal(
            SignalName.OperatorAction, Who: null, What: $"operator {request.Operator} read {entries.Count} entries of the tool log of tenant {request.Tenant}"));
        await WriteAsync(context, new OperatedToolLog([.. entries.Select(OperatedCall.Of)]), ToolLogJson.Default.OperatedToolLog);
    }
}

/// <summary>The newest entries of a tool log.</summary>
internal sealed record OperatedToolLog(IReadOnlyList<OperatedCall> Entries);

/// <summary>An entry of a tool log, as JSON.</summary>
internal sealed record OperatedCall(
    DateTimeOffset At, string Client, string Session, string Tool, string Outcome, int ArgumentBytes, int ResultBytes, double DurationMs,
    string Arguments)
{
    public static OperatedCall Of(ToolLogEntry entry) => new(
        entry.At, entry.Client, entry.Session, entry.Tool, entry.Outcome, entry.ArgumentBytes, entry.ResultBytes,
        Math.Round(entry.Duration.TotalMilliseconds, 3), entry.Arguments);
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(OperatedToolLog))]
internal sealed partial class ToolLogJson : JsonSerializerContext;
