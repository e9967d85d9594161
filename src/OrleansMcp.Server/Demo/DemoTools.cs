using System.ComponentModel;
using System.Globalization;
using System.Text.Json.Nodes;
using ModelContextProtocol;
using ModelContextProtocol.Server;
using OrleansMcp.Tools;

namespace OrleansMcp.Server.Demo;

/// <summary>Tools to try the server with.</summary>
[McpServerToolType]
internal sealed class DemoTools(TimeProvider time)
{
    public const string CounterKey = "counter";
    public const string CounterUri = "demo://session/counter";

    private const int LongestMs = 600_000;

    [McpServerTool(Name = "echo", ReadOnly = true, Idempotent = true)]
    [Description("Returns the text it is given.")]
    public static string Echo([Description("Any text.")] string text) => text;

    [McpServerTool(Name = "increment", Destructive = false), Redeliverable]
    [Description("Adds to this session's own counter and returns its new value, which is durable by then.")]
    public static async Task<string> IncrementAsync(
        ISessionContext session, [Description("How much to add; may be negative.")] long by = 1, CancellationToken cancellationToken = default)
    {
        var value = await session.State.UpdateAsync<long>(CounterKey, current => Sum(current, by), cancellationToken);
        await session.ResourceUpdatedAsync(CounterUri, cancellationToken);
        return value.ToString(CultureInfo.InvariantCulture);
    }

    [McpServerTool(Name = "slow", ReadOnly = true, Idempotent = true)]
    [Description("Waits, and reports progress while it does.")]
    public async Task<string> SlowAsync(
        IProgress<ProgressNotificationValue> progress, [Description("How long, in milliseconds: 0 to 600000.")] int ms,
        CancellationToken cancellationToken = default)
    {
        if (ms is < 0 or > LongestMs)
        {
            throw new McpException($"Argument 'ms' must be from 0 to {LongestMs}.");
        }

        const int Steps = 10;
        for (var step = 1; step <= Steps; step++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(ms / (double)Steps), time, cancellationToken);
            progress.Report(new ProgressNotificationValue { Progress = step, Total = Steps, Message = $"step {step} of {Steps}" });
        }

        return $"waited {ms} ms";
    }

    [McpServerTool(Name = "whoami", ReadOnly = true, Idempotent = true)]
    [Description("Tells whose session this is, as the server knows it from the credential.")]
    public static string WhoAmI(ISessionContext session) => new JsonObject
    {
        ["tenant"] = session.Tenant,
        ["client"] = session.Client,
        ["subject"] = session.Subject,
        ["session"] = session.SessionName,
    }.ToJsonString();

    private static long Sum(long current, long by)
    {
        try
        {
            return checked(current + by);
        }
        catch (OverflowException e)
        {
            throw new McpException($"The counter is {current}; adding {by} would overflow it.", e);
        }
    }
}
