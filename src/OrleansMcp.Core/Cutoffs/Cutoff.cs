using System.Text.Json.Serialization;
using OrleansMcp.Sessions;

namespace OrleansMcp.Cutoffs;

/// <summary>Whose sessions a <see cref="Cutoff"/> is about: a tenant's, a client's, a subject's with any client, or a subject's with one client.</summary>
/// <param name="Client">Null: every client of the tenant.</param>
/// <param name="Subject">Null: every subject.</param>
public readonly record struct CutoffScope(string? Client, string? Subject)
{
    internal bool IsOf(SessionOwner owner) => (Client is null || Client == owner.Client) && (Subject is null || Subject == owner.Subject);
}

/// <summary>
/// A durable mark of a tenant: no session of its scope that was opened before a moment goes on. Whoever activates a session checks it, so that
/// the mark ends passivated sessions, too, without visiting them.
/// </summary>
/// <param name="Scope">Whose sessions.</param>
/// <param name="Before">Sessions that were opened at this time or before have ended, UTC.</param>
/// <param name="IsRefused">Whether the scope opens no session either, until an operator or the configuration readmits it.</param>
/// <param name="Operator">The id of the operator who set it last.</param>
/// <param name="At">When it was set last, UTC.</param>
public sealed record Cutoff(CutoffScope Scope, DateTimeOffset Before, bool IsRefused, string Operator, DateTimeOffset At)
{
    /// <summary>Whether the mark ends a session of <paramref name="owner"/> that was opened at <paramref name="openedAt"/>.</summary>
    public bool Ends(SessionOwner owner, DateTimeOffset openedAt) => openedAt <= Before && Scope.IsOf(owner);

    /// <summary>Whether the mark refuses its scope, although the configuration has readmitted it at <paramref name="readmittedAt"/>.</summary>
    internal bool Refuses(DateTimeOffset? readmittedAt) => IsRefused && !(readmittedAt >= At);
}

/// <summary>What an operator asks of a tenant.</summary>
/// <param name="Scope">Whose sessions.</param>
/// <param name="Operator">The operator's id.</param>
/// <param name="Ends">Whether all that are open now end. Otherwise only the refusal changes.</param>
/// <param name="IsRefused">Whether the scope is refused from now on.</param>
public sealed record CutoffChange(CutoffScope Scope, string Operator, bool Ends, bool IsRefused);

/// <summary>What became of a <see cref="CutoffChange"/>. The mark is durable.</summary>
/// <param name="Mark">The mark; null when there was none to lift.</param>
/// <param name="Ended">Sessions in memory that have ended for it.</param>
/// <param name="Unreached">Processes that did not answer. Each reads the mark by itself within half a minute, or is gone.</param>
public sealed record CutoffReceipt(Cutoff? Mark, int Ended, int Unreached);

[JsonSerializable(typeof(Cutoff))]
[JsonSerializable(typeof(CutoffScope))]
internal sealed partial class CutoffFormat : JsonSerializerContext;
