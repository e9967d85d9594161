using System.Collections.Concurrent;
using OrleansMcp.Drill.History;

namespace OrleansMcp.Drill.Run;

/// <summary>
/// The grants that owners believe to stand, so that clients do not try namespaces in vain: every such try is an attempt. The check does not look
/// here (<see cref="Checks.GrantCheck"/>).
/// </summary>
internal sealed class KnownGrants
{
    private readonly ConcurrentDictionary<(RecordSpace Space, DrillClient Grantee), Access> _grants = new();

    /// <summary>A change is under way: until it is acknowledged, nothing is sure.</summary>
    public void Changing(RecordSpace space, DrillClient grantee) => _grants[(space, grantee)] = Access.None;

    public void Changed(RecordSpace space, DrillClient grantee, Access access) => _grants[(space, grantee)] = access;

    public bool Allow(RecordSpace space, DrillClient client, Access access) => _grants.GetValueOrDefault((space, client)) >= access;
}
