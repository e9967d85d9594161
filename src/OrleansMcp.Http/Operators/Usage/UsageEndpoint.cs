using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using OrleansMcp.Configuration;
using OrleansMcp.Http.Responses;
using OrleansMcp.Signals;

namespace OrleansMcp.Http.Operators.Usage;

/// <summary>What tenants and their clients use, and who is near a limit.</summary>
internal sealed class UsageEndpoint(OperatorAdmission admission, OperatedUsage usage, IConfigurationSource configuration, ISignals signals)
{
    /// <summary><c>GET /ops/tenants/{tenant}/usage</c>.</summary>
    public Task ReadAsync(HttpContext context) => admission.AdmitAsync(context, HttpMethods.Get, ReadAsync);

    /// <summary><c>GET /ops/usage?after=TENANT&amp;limit=COUNT</c>.</summary>
    public Task ListAsync(HttpContext context) => admission.AdmitAsync(context, HttpMethods.Get, ListAsync);

    private async Task ReadAsync(HttpContext context, string id)
    {
        if (OperatorEndpoint.Route(context, OperatorEndpoint.TenantParameter) is not { } tenant || !configuration.Current.Tenants.ContainsKey(tenant))
        {
            await OperatorEndpoint.NotFoundAsync(context);
            return;
        }

        var used = await usage.ReadAsync(tenant, context.RequestAborted);
        Raise($"operator {id} read the usage of tenant {tenant}");
        await WriteAsync(context, used, UsageJson.Default.UsedByTenant);
    }

    private async Task ListAsync(HttpContext context, string id)
    {
        if (OperatorEndpoint.Limit(context) is not { } limit)
        {
            await OperatorEndpoint.BadLimitAsync(context);
            return;
        }

        var page = await usage.ListAsync(context.Request.Query["after"], limit, context.RequestAborted);
        Raise(string.Create(CultureInfo.InvariantCulture, $"operator {id} read the usage of {page.Tenants.Count} tenants"));
        await WriteAsync(context, page, UsageJson.Default.UsagePage);
    }

    private void Raise(string what) => signals.Raise(new Signal(SignalName.OperatorAction, Who: null, What: what));

    private static Task WriteAsync<T>(HttpContext context, T value, JsonTypeInfo<T> type) =>
        Replies.JsonAsync(context, StatusCodes.Status200OK, JsonSerializer.SerializeToUtf8Bytes(value, type));
}
