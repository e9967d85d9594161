using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using OrleansMcp.Records;
using OrleansMcp.Records.Log;

namespace OrleansMcp.Cutoffs;

/// <summary>The durable marks of one tenant, for one actor.</summary>
internal sealed class CutoffLog(IRecordStore store, string tenant, TimeProvider time)
{
    /// <summary>Marks of a tenant at a time.</summary>
    public const int Most = 2_000;

    private const int MostDeletes = OperatorRecords<Cutoff>.MostWrites - 1;

    /// <summary>No session that was opened before lives longer than the longest lifetime that can be configured.</summary>
    private static readonly TimeSpan s_lasts = TimeSpan.FromDays(366);

    private readonly OperatorRecords<Cutoff> _records = new(
        store, RecordSpaceKey.OfOperators(tenant, "cutoffs"), CutoffFormat.Default.Cutoff, static mark => KeyOf(mark.Scope), $"A mark of tenant {tenant} that ends sessions cannot be read.");

    private readonly SemaphoreSlim _turn = new(1, 1);
    private volatile CutoffSet _current = CutoffSet.Empty;

    /// <summary>The marks as they were last read or written.</summary>
    public CutoffSet Current => _current;

    /// <summary>Reads the marks, once. Must complete before the actor opens or wakes a session.</summary>
    /// <inheritdoc cref="OperatorRecords{T}.LoadAsync"/>
    public async Task LoadAsync(CancellationToken cancellationToken)
    {
        var marks = await _records.LoadAsync(cancellationToken);
        _current = _records.Version == 0 ? CutoffSet.Empty : new CutoffSet(_records.Version, marks);
    }

    /// <summary>Writes the mark that <paramref name="make"/> makes of the former one of its scope, durably. Null when it makes none.</summary>
    /// <exception cref="RecordLogLostException">Another actor keeps the marks, or the outcome is unknown: this actor must be left.</exception>
    /// <exception cref="IOException">The mark was not written.</exception>
    public async Task<Cutoff?> WriteAsync(CutoffScope scope, Func<Cutoff?, Cutoff?> make)
    {
        await _turn.WaitAsync();
        try
        {
            var former = _current;
            if (make(former.Find(scope)) is not { } mark)
            {
                return null;
            }

            var gone = former.Marks.Where(other => other.Scope != scope && IsOver(other)).Take(MostDeletes).ToList();
            List<Cutoff> next = [.. former.Marks.Except(gone).Where(other => other.Scope != scope), mark];
            if (next.Count > Most)
            {
                throw new CutoffLimitException(Most);
            }

            await _records.WriteAsync([mark], [.. gone.Select(static other => KeyOf(other.Scope))], mark.Operator, mark.At);
            _current = new CutoffSet(_records.Version, next);
            return mark;
        }
        finally
        {
            _turn.Release();
        }
    }

    public ValueTask CloseAsync() => _records.DisposeAsync();

    private bool IsOver(Cutoff mark) => !mark.IsRefused && mark.Before + s_lasts < time.GetUtcNow();

    /// <summary>A hash, because a subject may hold any character.</summary>
    private static string KeyOf(CutoffScope scope) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(scope, CutoffFormat.Default.CutoffScope))));
}
