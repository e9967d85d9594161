using System.ComponentModel;
using System.Globalization;
using System.Text.Json.Nodes;
using ModelContextProtocol.Server;
using OrleansMcp.Caching;
using OrleansMcp.Tools;

namespace OrleansMcp.Server.Demo;

/// <summary>Tools whose results are kept for two seconds. The stamp is a new one whenever the tool runs, and names where it ran.</summary>
[McpServerToolType]
internal sealed class CacheTools
{
    private const int Seconds = 2;

    private static readonly string s_process = Guid.NewGuid().ToString("n")[..8];
    private static long s_runs;

    [McpServerTool(Name = "cache_stamp", ReadOnly = true, Idempotent = true), CachedOutput(Seconds, CacheSharing.Client)]
    [Description("Returns a stamp that is unique for each run; the same call of the same client gets the same stamp for two seconds.")]
    public static string Stamp(ISessionContext session, [Description("Any text.")] string text) => new JsonObject
    {
        ["text"] = text,
        ["tenant"] = session.Tenant,
        ["client"] = session.Client,
        ["stamp"] = NextStamp(),
    }.ToJsonString();

    [McpServerTool(Name = "cache_shared", ReadOnly = true, Idempotent = true), CachedOutput(Seconds, CacheSharing.Tenant)]
    [Description("Returns a stamp that is unique for each run; the same call of any client of the tenant with the same permissions gets the same stamp for two seconds.")]
    public static string Shared(ISessionContext session, [Description("Any text.")] string text) => new JsonObject
    {
        ["text"] = text,
        ["tenant"] = session.Tenant,
        ["stamp"] = NextStamp(),
    }.ToJsonString();

    private static string NextStamp() => string.Create(CultureInfo.InvariantCulture, $"{s_process}-{Interlocked.Increment(ref s_runs)}");
}
