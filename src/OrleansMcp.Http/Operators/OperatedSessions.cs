using OrleansMcp.Sessions;
using OrleansMcp.Tenants;

namespace OrleansMcp.Http.Operators;

/// <summary>A tenant's open sessions by the names that operators see. A name is a hash: it grants no access and reveals no session id.</summary>
internal sealed class OperatedSessions(ISessionDirectory directory, ITenantDirectory tenants)
{
    private const int AtOnce = 16;

    /// <summary>
    /// The replies of one page of sessions, in the order of their names, after a given name. Activates the passivated sessions of the page,
    /// and no others.
    /// </summary>
    public async Task<(IReadOnlyList<(string Name, OperatorReply Session)> Page, bool HasMore)> ListAsync(
        OperatorRequest request, string? after, int count, CancellationToken cancellationToken)
    {
        var keys = await KeysAsync(request.Tenant, cancellationToken);
        var wanted = keys.Where(key => after is null || string.CompareOrdinal(key.Name, after) > 0).ToList();
        List<(string, OperatorReply)> page = [];
        foreach (var some in wanted.Take(count).Chunk(AtOnce))
        {
            var replies = await Task.WhenAll(some.Select(one => directory.Get(one.Key).OperateAsync(request, cancellationToken)));
            page.AddRange(some.Select(one => one.Name).Zip(replies).Where(pair => pair.Second.IsFound));
        }

        return (page, wanted.Count > count);
    }

    /// <summary>The session of a name; null when the tenant has none, or several whose hashes collide.</summary>
    public async Task<ISession?> FindAsync(string tenant, string name, CancellationToken cancellationToken)
    {
        var found = (await KeysAsync(tenant, cancellationToken)).Where(key => key.Name == name).ToList();
        return found.Count == 1 ? directory.Get(found[0].Key) : null;
    }

    private async Task<List<(string Name, SessionKey Key)>> KeysAsync(string tenant, CancellationToken cancellationToken)
    {
        var keys = await tenants.Get(tenant).ListSessionsAsync(client: null, cancellationToken);
        return [.. keys.Select(key => (key.Name, key)).OrderBy(one => one.Name, StringComparer.Ordinal)];
    }
}
