using OrleansMcp.Configuration;
using OrleansMcp.Sessions;

namespace OrleansMcp.Quotas;

/// <summary>
/// State quotas of the namespaces of records. Namespaces outlive sessions and actors, so that the record is saved before a namespace grows.
/// </summary>
internal sealed partial class TenantLedgers
{
    private readonly Dictionary<(string Client, string Name), long> _namespacesStored = [];
    private readonly Dictionary<(string Client, string Name), long> _namespacesAimed = [];

    /// <summary>
    /// Decides how much a namespace may hold. False when a record must be saved first; then the namespace holds no more than before, and
    /// the caller tries again.
    /// </summary>
    /// <param name="client">The namespace's owner.</param>
    /// <param name="name">The namespace.</param>
    /// <param name="bytes">What it is to hold, bytes.</param>
    /// <param name="isHeld">Whether it holds that already: then it is counted and never refused.</param>
    /// <param name="charge">The answer.</param>
    public bool TryKeep(string client, string name, long bytes, bool isHeld, out StateCharge charge)
    {
        lock (_gate)
        {
            ThrowIfClosed();
            var (registered, account) = (Registered, Account(client));
            var (held, wanted) = (account.Namespaces.GetValueOrDefault(name), SessionHoldings.InSteps(bytes));
            charge = new StateCharge(held);
            if (!isHeld && wanted > held && RefuseNamespace(registered, client, account, wanted - held, isNew: held == 0) is { } refusal)
            {
                charge = new StateCharge(held, refusal);
                return true;
            }

            if (wanted > _namespacesStored.GetValueOrDefault((client, name)))
            {
                _namespacesAimed[(client, name)] = wanted;
                return false;
            }

            if (wanted == 0)
            {
                account.Namespaces.Remove(name);
            }
            else
            {
                account.Namespaces[name] = wanted;
            }

            charge = new StateCharge(wanted);
            return true;
        }
    }

    private QuotaRefusal? RefuseNamespace(TenantConfiguration registered, string client, ClientAccount account, long more, bool isNew) =>
        isNew && account.Namespaces.Count >= configuration.Current.Records.MaxNamespaces ? new(Quota.Namespaces, QuotaScope.Client, 0)
        : account.StateBytes + more > ClientOf(registered, client).Quotas.StateBytes ? new(Quota.StateBytes, QuotaScope.Client, 0)
        : registered.Quotas.StateBytes != QuotaConfiguration.Unlimited && _clients.Values.Sum(other => other.StateBytes) + more > registered.Quotas.StateBytes
            ? new(Quota.StateBytes, QuotaScope.Tenant, 0)
        : null;

    private void RestoreNamespaces(LedgerRecord record)
    {
        foreach (var (client, namespaces) in record.Namespaces)
        {
            foreach (var (name, bytes) in namespaces)
            {
                Account(client).Namespaces[name] = bytes;
                _namespacesStored[(client, name)] = bytes;
            }
        }
    }

    private Dictionary<string, Dictionary<string, long>> NamespacesToTell()
    {
        var told = new Dictionary<string, Dictionary<string, long>>(StringComparer.Ordinal);
        foreach (var (client, account) in _clients)
        {
            foreach (var (name, bytes) in account.Namespaces)
            {
                Tell(client, name, bytes);
            }
        }

        foreach (var ((client, name), bytes) in _namespacesAimed)
        {
            Tell(client, name, bytes);
        }

        // Until the write is confirmed, a restart may find either record: only the smaller amount counts as stored.
        foreach (var (space, stored) in _namespacesStored.ToArray())
        {
            _namespacesStored[space] = Math.Min(stored, told.GetValueOrDefault(space.Client)?.GetValueOrDefault(space.Name) ?? 0);
        }

        return told;

        void Tell(string client, string name, long bytes)
        {
            if (!told.TryGetValue(client, out var namespaces))
            {
                told.Add(client, namespaces = new(StringComparer.Ordinal));
            }

            namespaces[name] = Math.Max(bytes, namespaces.GetValueOrDefault(name));
        }
    }

    private void NamespacesSaved(LedgerRecord record)
    {
        _namespacesStored.Clear();
        foreach (var (client, namespaces) in record.Namespaces)
        {
            foreach (var (name, bytes) in namespaces)
            {
                _namespacesStored[(client, name)] = bytes;
                if (_namespacesAimed.TryGetValue((client, name), out var aimed) && aimed <= bytes)
                {
                    _namespacesAimed.Remove((client, name));
                }
            }
        }
    }
}
