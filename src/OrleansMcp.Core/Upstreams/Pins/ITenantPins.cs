using OrleansMcp.Configuration.Upstreams;

namespace OrleansMcp.Upstreams.Pins;

/// <summary>The approved definitions of the tools that other servers offer to a tenant, kept by its actor.</summary>
public interface ITenantPins
{
    /// <summary>
    /// Judges what a server has listed. With <see cref="UpstreamApproval.FirstUse"/>, what is sent with its definition and is not known is approved by
    /// that, durably before this returns; of several that come at once, the first one.
    /// </summary>
    /// <returns>A judgement for each tool, in their order.</returns>
    /// <exception cref="ToolPinsException">What was approved cannot be read at the moment.</exception>
    /// <exception cref="Tenants.TenantStoppedException">The tenant is stopped.</exception>
    ValueTask<IReadOnlyList<ToolJudgement>> JudgeToolsAsync(ToolListing listing, CancellationToken cancellationToken);

    /// <summary>Reads what is kept of the tools of a server, with the definitions, for an operator to compare.</summary>
    /// <param name="server">The server's name.</param>
    /// <param name="after">The name behind which the page begins; null for the first page.</param>
    /// <param name="limit">Tools on the page, at most. One with long definitions has fewer.</param>
    /// <param name="cancellationToken">Cancels waiting.</param>
    /// <exception cref="ToolPinsException">What was approved cannot be read at the moment.</exception>
    ValueTask<ToolPinPage> ReadToolPinsAsync(string server, string? after, int limit, CancellationToken cancellationToken);

    /// <summary>Approves definitions or forgets tools, durably: all that is asked, or nothing. Processes follow within half a minute.</summary>
    /// <exception cref="IOException">It may not be durable.</exception>
    ValueTask<ToolPinOutcome> ChangeToolPinsAsync(ToolPinChange change, CancellationToken cancellationToken);
}

/// <summary>What was approved of a server cannot be read or written: none of its tools is offered until it can.</summary>
/// <param name="server">The server's name.</param>
/// <param name="inner">What the store said.</param>
public sealed class ToolPinsException(string server, Exception inner)
    : IOException($"Which tools of the server '{server}' are approved cannot be read or written. {inner.Message}", inner);
