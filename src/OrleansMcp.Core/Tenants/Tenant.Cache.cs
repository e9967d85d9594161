using OrleansMcp.Caching;
using OrleansMcp.Sessions;
using OrleansMcp.Signals;

namespace OrleansMcp.Tenants;

/// <summary>The cached tool results of the tenant.</summary>
public sealed partial class Tenant
{
    private readonly OutputCache _outputs;

    /// <inheritdoc/>
    public ValueTask<CachedOutput?> FindOutputAsync(CacheKey key, CancellationToken cancellationToken) =>
        new(IsOwn(key) ? _outputs.Find(key) : null);

    /// <inheritdoc/>
    public ValueTask KeepOutputAsync(CacheKey key, ReadOnlyMemory<byte> result, TimeSpan timeToLive, CancellationToken cancellationToken)
    {
        if (IsOwn(key))
        {
            _outputs.Keep(key, result, timeToLive);
        }

        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask DropOutputsAsync(string client, CancellationToken cancellationToken)
    {
        _outputs.Drop(client);
        return ValueTask.CompletedTask;
    }

    private bool IsOwn(CacheKey key) => IsOwn(new Caller(key.Tenant, key.Client, key.Subject), "refused by the tenant's actor: a key of its cache");

    /// <summary>Checks the caller's tenant again, as a second layer: a routing error must not show one tenant's data to another.</summary>
    private bool IsOwn(Caller caller, string what)
    {
        if (string.Equals(caller.Tenant, _id, StringComparison.Ordinal))
        {
            return true;
        }

        _signals.Raise(new Signal(SignalName.CrossTenantAttempt, caller, new SessionOwner(_id, "", "", KeyThumbprint: null), what));
        return false;
    }
}
