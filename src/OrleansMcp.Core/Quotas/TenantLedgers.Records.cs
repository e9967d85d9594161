namespace OrleansMcp.Quotas;

/// <summary>Makes the records that <see cref="LedgerKeeper"/> saves.</summary>
internal sealed partial class TenantLedgers
{
    /// <summary>
    /// Whether a record for the present minute should be saved soon. True at most once per <see cref="s_extensionPause"/>.
    /// </summary>
    public bool IsExtensionDue()
    {
        lock (_gate)
        {
            var now = time.GetUtcNow();
            if (_isClosed || _coveredTo < 0 || WindowOf(now) + Ahead <= _coveredTo || now < _nextExtension)
            {
                return false;
            }

            _nextExtension = now + s_extensionPause;
            return true;
        }
    }

    /// <summary>Makes a record that covers what was granted and what is to be granted next.</summary>
    /// <param name="final">Nothing is granted after this: the record has the exact amounts, with those of the sessions.</param>
    public LedgerRecord Snapshot(bool final)
    {
        lock (_gate)
        {
            var now = time.GetUtcNow();
            var window = Turn(now);
            var record = new LedgerRecord
            {
                Window = window,
                Through = final ? window : window + Ahead,
                Tenant = final ? _spent.Spent : _spent.Tell(),
                Counters = counters.Snapshot(now, ahead: !final),
                SpentAt = counters.SpentAt(now),
                Namespaces = NamespacesToTell(),
                Sessions = final && _blindWindow != window ? new(StringComparer.Ordinal) : null,
            };
            foreach (var (client, account) in _clients)
            {
                record.Clients[client] = final ? account.Spent.Spent : account.Spent.Tell();
                record.Sessions?.Add(client, account.SpentBySessions.ToDictionary(
                    pair => pair.Key.Value, pair => pair.Value.Spent, StringComparer.Ordinal));
                if (SlotsToTell(account, final) is > 0 and var slots)
                {
                    record.Slots[client] = slots;
                }
            }

            return record;
        }
    }

    /// <summary>Applies that <paramref name="record"/> is saved: what it covers may be granted.</summary>
    public void Saved(LedgerRecord record)
    {
        lock (_gate)
        {
            counters.Saved(record.Counters);
            NamespacesSaved(record);
            _coveredTo = record.Through;
            if (_spent.Window > record.Through)
            {
                return; // The write took longer than the record holds.
            }

            _spent.Reserve(record.Tenant);
            foreach (var (client, amounts) in record.Clients)
            {
                var account = _clients[client];
                account.Spent.Reserve(amounts);
                account.SlotsReserved = record.Slots.GetValueOrDefault(client);
            }
        }
    }

    private static int SlotsToTell(ClientAccount account, bool final)
    {
        var slots = final ? account.Slots.Used : Math.Max(account.Slots.Used, account.SlotsAimed);

        // Until the write is confirmed, a restart may find either record: only the smaller number counts as stored.
        account.SlotsReserved = Math.Min(account.SlotsReserved, slots);
        return slots;
    }
}
