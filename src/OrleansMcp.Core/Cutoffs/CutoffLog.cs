using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using OrleansMcp.Records;
using OrleansMcp.Records.Log;

namespace OrleansMcp.Cutoffs;

/// <summary>
/// The durable marks of one tenant, for one actor: records of a namespace that no client can name. The store's damage checks, back-ups and
/// fencing of a second writer are those of every namespace.
/// </summary>
internal sealed class CutoffLog(IRecordStore store, string tenant, TimeProvider time)
{
    /// <summary>Marks of a tenant at a time.</summary>
    public const int Most = 2_000;

    private const int MostDeletes = RecordLimits.Writes - 1;

    /// <summary>No session that was opened before lives longer than the longest lifetime that can be configured.</summary>
    private static readonly TimeSpan s_lasts = TimeSpan.FromDays(366);

    private readonly RecordSpaceKey _key = RecordSpaceKey.OfOperators(tenant, "cutoffs");
    private readonly SemaphoreSlim _turn = new(1, 1);
    private IRecordLog? _log;
    private volatile CutoffSet _current = CutoffSet.Empty;

    /// <summary>The marks as they were last read or written.</summary>
    public CutoffSet Current => _current;

    /// <summary>Reads the marks, once. Must complete before the actor opens or wakes a session.</summary>
    /// <exception cref="IOException">They cannot be read at the moment, or are damaged (<see cref="Storage.StoreDamagedException"/>).</exception>
    public async Task LoadAsync(CancellationToken cancellationToken)
    {
        var log = store.Open(_key);
        try
        {
            if (await log.LoadAsync(cancellationToken) is { } image)
            {
                _current = new CutoffSet(image.Version, image.Records.Select(Read));
            }
        }
        catch
        {
            await log.DisposeAsync();
            throw;
        }

        _log = log;
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
            var next = new CutoffSet(former.Version + 1, [.. former.Marks.Except(gone).Where(other => other.Scope != scope), mark]);
            if (next.Marks.Count > Most)
            {
                throw new CutoffLimitException(Most);
            }

            await _log!.AppendAsync([CommitOf(next.Version, mark, gone)], recent: []);
            _current = next;
            return mark;
        }
        finally
        {
            _turn.Release();
        }
    }

    public ValueTask CloseAsync() => _log?.DisposeAsync() ?? ValueTask.CompletedTask;

    private bool IsOver(Cutoff mark) => !mark.IsRefused && mark.Before + s_lasts < time.GetUtcNow();

    private RecordCommit CommitOf(long version, Cutoff mark, List<Cutoff> gone)
    {
        var author = new RecordAuthor(_key.Tenant, _key.Owner, mark.Operator, Session: "");
        var commit = Guid.NewGuid();
        var put = new Record
        {
            Key = KeyOf(mark.Scope),
            Version = version,
            Value = JsonSerializer.SerializeToElement(mark, CutoffFormat.Default.Cutoff),
            CreatedBy = author.Client,
            CreatedAt = mark.At,
            LastModifiedBy = author.Client,
            ModifiedAt = mark.At,
            Transaction = commit,
            Session = author.Session,
        };
        return new RecordCommit(version, commit, author, mark.At) { Puts = [put], Deletes = [.. gone.Select(other => KeyOf(other.Scope))] };
    }

    private Cutoff Read(Record record)
    {
        try
        {
            return record.Value.Deserialize(CutoffFormat.Default.Cutoff) is { } mark && KeyOf(mark.Scope) == record.Key ? mark : throw Damaged(inner: null);
        }
        catch (JsonException e)
        {
            throw Damaged(e);
        }
    }

    private InvalidDataException Damaged(Exception? inner) =>
        new(string.Create(CultureInfo.InvariantCulture, $"A mark of tenant {_key.Tenant} that ends sessions cannot be read."), inner);

    /// <summary>A hash, because a subject may hold any character.</summary>
    private static string KeyOf(CutoffScope scope) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(scope, CutoffFormat.Default.CutoffScope))));
}
