using System.Collections.Frozen;
using OrleansMcp.Configuration;
using OrleansMcp.Sessions;

namespace OrleansMcp.Cutoffs;

/// <summary>The marks of one tenant at one time. Immutable.</summary>
public sealed class CutoffSet
{
    private readonly FrozenDictionary<CutoffScope, Cutoff> _marks;

    /// <param name="version">Grows with each change of the tenant's marks.</param>
    /// <param name="marks">One for each scope.</param>
    public CutoffSet(long version, IEnumerable<Cutoff> marks) => (Version, _marks) = (version, marks.ToFrozenDictionary(static mark => mark.Scope));

    /// <summary>No marks, and none known.</summary>
    public static CutoffSet Empty { get; } = new(version: 0, []);

    /// <summary>Grows with each change of the tenant's marks.</summary>
    public long Version { get; }

    /// <summary>The marks, in any order.</summary>
    public IReadOnlyList<Cutoff> Marks => _marks.Values;

    /// <summary>Whether there are none.</summary>
    public bool IsEmpty => _marks.Count == 0;

    /// <summary>The mark of a scope, or null.</summary>
    public Cutoff? Find(CutoffScope scope) => _marks.GetValueOrDefault(scope);

    /// <summary>Whether a mark ends a session of <paramref name="owner"/> that was opened at <paramref name="openedAt"/>.</summary>
    public bool Ends(SessionOwner owner, DateTimeOffset openedAt)
    {
        foreach (var mark in Of(owner.Client, owner.Subject))
        {
            if (mark.Ends(owner, openedAt))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// Whether <paramref name="owner"/> is refused: by a mark that is newer than the time at which the configuration has readmitted whom it is
    /// about.
    /// </summary>
    public bool Refuses(SessionOwner owner, ServerConfiguration configuration)
    {
        foreach (var mark in Of(owner.Client, owner.Subject))
        {
            if (mark.Refuses(configuration.ReadmittedAt(owner.Tenant, mark.Scope.Client)))
            {
                return true;
            }
        }

        return false;
    }

    private IEnumerable<Cutoff> Of(string client, string subject) => IsEmpty ? [] : Matching(client, subject);

    private IEnumerable<Cutoff> Matching(string client, string subject)
    {
        foreach (var scope in (CutoffScope[])[new(null, null), new(client, null), new(null, subject), new(client, subject)])
        {
            if (Find(scope) is { } mark)
            {
                yield return mark;
            }
        }
    }
}
