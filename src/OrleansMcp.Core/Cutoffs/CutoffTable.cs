using System.Collections.Concurrent;

namespace OrleansMcp.Cutoffs;

/// <summary>
/// The marks that this process knows of each tenant. A session that is activated brings those of its tenant up to date first; those in memory
/// are told of changes.
/// </summary>
internal sealed class CutoffTable
{
    private readonly ConcurrentDictionary<string, CutoffSet> _known = new(StringComparer.Ordinal); // bounded by the configured tenants

    public CutoffSet Of(string tenant) => _known.GetValueOrDefault(tenant) ?? CutoffSet.Empty;

    /// <summary>Replaces the marks with what their tenant has sent. False when those that are known are newer.</summary>
    public bool TryRaise(string tenant, CutoffSet sent) => ReferenceEquals(sent, _known.AddOrUpdate(
        tenant, static (_, sent) => sent, static (_, known, sent) => sent.Version >= known.Version ? sent : known, sent));

    /// <summary>Replaces the marks with the answer of their tenant, unless others have arrived since it was asked.</summary>
    public void Replace(string tenant, CutoffSet asked, CutoffSet answer)
    {
        if (ReferenceEquals(asked, CutoffSet.Empty) ? !_known.TryAdd(tenant, answer) : !_known.TryUpdate(tenant, answer, asked))
        {
            TryRaise(tenant, answer);
        }
    }
}
