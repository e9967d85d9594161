using Microsoft.Extensions.Logging;
using OrleansMcp.Configuration.Upstreams;
using OrleansMcp.Sessions;
using OrleansMcp.Signals;
using OrleansMcp.Upstreams.Pins;

namespace OrleansMcp.Tenants;

/// <summary>
/// The approved definitions of other servers' tools. What cannot be read keeps the tools of that server from being offered, and nothing else of the tenant.
/// </summary>
public sealed partial class Tenant
{
    private readonly TenantPins _pins;

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<ToolJudgement>> JudgeToolsAsync(ToolListing listing, CancellationToken cancellationToken)
    {
        if (_configuration.Current.Servers.GetValueOrDefault(listing.Server) is not { } server)
        {
            throw new ToolPinsException(listing.Server, new IOException("The server is not configured where they are kept."));
        }

        var judged = await OnPinsAsync(listing.Server, pins => pins.JudgeAsync(listing, server, cancellationToken));
        if (judged.Problem is { } problem && AdmitsPins(listing.Server, out var suppressed))
        {
            LogNotRecorded(_logger, problem, listing.Server, _id, suppressed);
        }

        foreach (var tool in judged.Changed)
        {
            Report(listing, tool);
        }

        return judged.Verdicts;
    }

    /// <inheritdoc/>
    public async ValueTask<ToolPinPage> ReadToolPinsAsync(string server, string? after, int limit, CancellationToken cancellationToken) =>
        await OnPinsAsync(server, pins => pins.ReadPageAsync(after, limit, cancellationToken));

    /// <inheritdoc/>
    public async ValueTask<ToolPinOutcome> ChangeToolPinsAsync(ToolPinChange change, CancellationToken cancellationToken)
    {
        var outcome = await OnPinsAsync(change.Server, pins => pins.ChangeAsync(change, cancellationToken));
        var digests = outcome.Done.Count == 0 ? [] : change.Approve.ToDictionary(static one => one.Tool, static one => one.Digest, StringComparer.Ordinal);
        foreach (var tool in outcome.Done)
        {
            var what = digests.TryGetValue(tool, out var digest) ? $"approved the definition {digest} of tool {tool}" : $"forgot the definition of tool {tool}";
            _signals.Raise(new Signal(SignalName.OperatorAction, Who: null, What: $"operator {change.Operator} {what} for tenant {_id}"));
        }

        return outcome;
    }

    private async Task<T> OnPinsAsync<T>(string server, Func<ServerPins, Task<T>> use)
    {
        try
        {
            return await use(_pins.Of(server));
        }
        catch (Exception e) when (e is IOException or InvalidDataException)
        {
            if (AdmitsPins(server, out var suppressed))
            {
                LogPinsUnusable(_logger, e, server, _id, suppressed);
            }

            throw new ToolPinsException(server, e);
        }
    }

    private bool AdmitsPins(string server, out long suppressed) => _logged.Admits("pins of " + server, _id, client: null, _time.GetUtcNow(), out suppressed);

    private void Report(ToolListing listing, ListedTool tool) => _signals.Raise(new Signal(
        SignalName.ToolDefinitionChanged,
        new Caller(listing.Owner.Tenant, listing.Owner.Client, listing.Owner.Subject, listing.Owner.KeyThumbprint),
        What: $"tool {tool.Name} of server {listing.Server} has the definition {tool.Digest}, which is not the approved one"));

    [LoggerMessage(Level = LogLevel.Error, Message = "The approved tools of server {Server} cannot be read or written for tenant {Tenant}; what is not known of them is not offered ({Suppressed} more were not logged).")]
    private static partial void LogPinsUnusable(ILogger logger, Exception exception, string server, string tenant, long suppressed);

    [LoggerMessage(Level = LogLevel.Error, Message = "New or changed tools of server {Server} cannot be recorded for tenant {Tenant}; they are withheld ({Suppressed} more were not logged).")]
    private static partial void LogNotRecorded(ILogger logger, Exception exception, string server, string tenant, long suppressed);
}
