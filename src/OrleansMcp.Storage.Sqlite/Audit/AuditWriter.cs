using System.Globalization;
using Microsoft.Extensions.Logging;
using OrleansMcp.Auditing;
using OrleansMcp.Signals;
using OrleansMcp.Storage.Sqlite.Database;

namespace OrleansMcp.Storage.Sqlite.Audit;

/// <summary>
/// Appends entries to their chains within a write unit: the chain's hash is computed where the order of commits is decided. After damage of
/// a chain entries are still appended, because a tenant must not be served without an audit: an entry reports the damage, and the chain
/// continues after the gap.
/// </summary>
/// <remarks>Used on the writer's thread alone.</remarks>
internal sealed partial class AuditWriter(TimeProvider time, ILogger<AuditWriter> logger)
{
    /// <summary>The event of the entry that says that the chain was found damaged.</summary>
    public const string DamagedEvent = "audit_damaged";

    private readonly HashSet<string> _examined = new(StringComparer.Ordinal);

    /// <summary>Appends entries, each to its chain, in order.</summary>
    public void Append(StoreConnection connection, IEnumerable<(string Chain, AuditEntry Entry)> entries)
    {
        foreach (var chain in entries.GroupBy(one => AuditFiling.IsChain(one.Chain) ? one.Chain : AuditFiling.Operator, one => one.Entry, StringComparer.Ordinal))
        {
            Append(connection, chain.Key, chain);
        }
    }

    private void Append(StoreConnection connection, string chain, IEnumerable<AuditEntry> entries)
    {
        var (head, damage) = FindEnd(connection, chain);
        if (damage is not null)
        {
            LogDamaged(logger, chain, damage);
            entries = entries.Prepend(new AuditEntry(time.GetUtcNow(), DamagedEvent, null, null, null, null, null, null, damage));
        }

        foreach (var entry in entries)
        {
            (var line, head) = AuditLine.Write(chain, head, entry);
            AuditRows.Append(connection, chain, head.Sequence, line);
        }

        AuditRows.WriteHead(connection, chain, head);
    }

    /// <summary>
    /// The stored head, compared with the last entry when the chain is first used. When entries are missing at the end, the next one
    /// follows the head and not the last entry, so that the gap stays visible.
    /// </summary>
    private (AuditHead Head, string? Damage) FindEnd(StoreConnection connection, string chain)
    {
        var stored = AuditRows.ReadHead(connection, chain);
        if (stored is { } known && _examined.Contains(chain))
        {
            return (known, null);
        }

        var last = AuditRows.ReadLast(connection, chain);
        var damage = DamageOf(stored, last);
        if (damage is null)
        {
            // Otherwise the chain is examined again: if this unit is not committed, the entry about the damage must be written by a later
            // one.
            _examined.Add(chain);
        }

        return (stored is { } head && head.Sequence >= last.Sequence ? head : last, damage);
    }

    private static string? DamageOf(AuditHead? stored, AuditHead last) => stored switch
    {
        null => last.Sequence == 0 ? null : "the stored head was missing or unreadable",
        { } head when head.Sequence != last.Sequence =>
            string.Create(CultureInfo.InvariantCulture, $"the stored head was entry {head.Sequence}, the last entry {last.Sequence}"),
        { } head when head != last => "the last entry was not that of the stored head",
        _ => null,
    };

    [LoggerMessage(Level = LogLevel.Error, Message = "The audit of {Chain} is DAMAGED: {Damage}. It goes on; 'audit verify' shows the place.")]
    private static partial void LogDamaged(ILogger logger, string chain, string damage);
}
