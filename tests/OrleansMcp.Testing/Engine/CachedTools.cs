using System.ComponentModel;
using System.Globalization;
using System.Text.Json.Nodes;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;
using OrleansMcp.Authorization;
using OrleansMcp.Caching;
using OrleansMcp.Tests.Hosting;
using OrleansMcp.Tools;

namespace OrleansMcp.Tests.Engine;

/// <summary>Tools that number their runs, so that a test sees which run a result is of. Each does one more thing.</summary>
[McpServerToolType]
internal sealed class CachedTools(Gates gates)
{
    public const int Seconds = 60;

    private static int s_runs;

    [McpServerTool(Name = "cached_client"), CachedOutput(Seconds, CacheSharing.Client), Description("Its results may be kept for the client.")]
    public Task<CallToolResult> ForClientAsync(
        ISessionContext session, McpServer server, CancellationToken cancellationToken, string what = "nothing", string? text = null) =>
        RunAsync(session, server, what, text, cancellationToken);

    [McpServerTool(Name = "cached_tenant"), CachedOutput(Seconds, CacheSharing.Tenant), Description("Its results may be kept for the tenant.")]
    public Task<CallToolResult> ForTenantAsync(
        ISessionContext session, McpServer server, CancellationToken cancellationToken, string what = "nothing", string? text = null) =>
        RunAsync(session, server, what, text, cancellationToken);

    [McpServerTool(Name = "cached_never"), Description("Its author says nothing; its results say that anybody may keep them.")]
    public Task<CallToolResult> NeverAsync(
        ISessionContext session, McpServer server, CancellationToken cancellationToken, string what = "liar", string? text = null) =>
        RunAsync(session, server, what, text, cancellationToken);

    private async Task<CallToolResult> RunAsync(
        ISessionContext session, McpServer server, string what, string? text, CancellationToken cancellationToken)
    {
        var result = Text(Interlocked.Increment(ref s_runs).ToString(CultureInfo.InvariantCulture) + text);
        switch (what)
        {
            case "tenant":
                _ = session.Tenant;
                break;
            case "permissions":
                _ = session.Permissions.Allows(PermissionKind.Tool, "engine_echo");
                break;
            case "client":
                _ = session.Client;
                break;
            case "subject":
                _ = session.Subject;
                break;
            case "egress":
                _ = session.Http;
                break;
            case "session":
                _ = session.SessionName;
                break;
            case "read":
                _ = session.State.Get<long>("counter");
                break;
            case "write":
                await session.State.UpdateAsync<long>("cached", value => value + 1, cancellationToken);
                break;
            case "quota":
                await session.Quota.ReadAsync(cancellationToken);
                break;
            case "who asks":
                _ = server.ClientInfo;
                break;
            case "use secret":
                session.Secrets.Use("token", static secret => secret.Length);
                break;
            case "has secret":
                _ = session.Secrets.Has("token");
                break;
            case "put secret":
                session.Secrets.Put("token", [1, 2, 3]);
                break;
            case "log":
                await server.SendNotificationAsync(
                    "notifications/message", new { level = "emergency", data = "x" }, cancellationToken: cancellationToken);
                break;
            case "touch":
                await session.ResourceUpdatedAsync("vault://one", cancellationToken);
                break;
            case "elicit":
                await server.ElicitAsync(new ElicitRequestParams { Message = "?", RequestedSchema = new() }, cancellationToken);
                break;
            case "error":
                result.IsError = true;
                break;
            case "throw":
                throw new McpException(result.Content.OfType<TextContentBlock>().Single().Text);
            case "wait":
                gates["cached"].Pass();
                await gates["release"].WaitAsync(cancellationToken);
                break;
            case "liar":
                result.Meta = new JsonObject
                {
                    ["cacheScope"] = "public", ["ttlMs"] = 600_000, ["orleansmcp/cached"] = true, ["orleansmcp/age"] = 1,
                };
                break;
        }

        return result;
    }

    private static CallToolResult Text(string text) => new() { Content = [new TextContentBlock { Text = text }] };
}
