using OrleansMcp.Upstreams.Pins;

namespace OrleansMcp.Tests.Upstreams.Pins;

/// <summary>Notes what a process asks tenants about tools, and can let it wait.</summary>
internal sealed class AskedTenant(Func<string, ITenantPins> tenants) : ITenantPins
{
    public List<ToolListing> Asked { get; } = [];

    /// <summary>What a tenant waits for before it answers.</summary>
    public Task Gate { get; set; } = Task.CompletedTask;

    public Exception? Problem { get; set; }

    public async ValueTask<IReadOnlyList<ToolJudgement>> JudgeToolsAsync(ToolListing listing, CancellationToken cancellationToken)
    {
        lock (Asked)
        {
            Asked.Add(listing);
        }

        await Gate;
        return Problem is { } problem ? throw problem : await tenants(listing.Owner.Tenant).JudgeToolsAsync(listing, cancellationToken);
    }

    public ValueTask<ToolPinPage> ReadToolPinsAsync(string server, string? after, int limit, CancellationToken cancellationToken) =>
        throw new InvalidOperationException("No session asks for that.");

    public ValueTask<ToolPinOutcome> ChangeToolPinsAsync(ToolPinChange change, CancellationToken cancellationToken) =>
        throw new InvalidOperationException("No session asks for that.");
}
