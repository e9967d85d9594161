using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using OrleansMcp.Records.Log;

namespace OrleansMcp.Records;

/// <summary>
/// What a tenant's actor keeps durably for operators: records of a namespace that no client can name. The store's damage checks, back-ups and
/// fencing of a second writer are those of every namespace. Calls must not overlap.
/// </summary>
/// <param name="store">Where namespaces are kept.</param>
/// <param name="key">The namespace (<see cref="RecordSpaceKey.OfOperators"/>).</param>
/// <param name="type">How an entry is written.</param>
/// <param name="keyOf">The key of an entry's record.</param>
/// <param name="unreadable">What is said of a record that holds no entry.</param>
internal sealed class OperatorRecords<T>(IRecordStore store, RecordSpaceKey key, JsonTypeInfo<T> type, Func<T, string> keyOf, string unreadable) : IAsyncDisposable where T : class
{
    /// <summary>Entries that one write takes.</summary>
    public const int MostWrites = RecordLimits.Writes;

    private IRecordLog? _log;

    /// <summary>Grows with each write; 0 before the first one.</summary>
    public long Version { get; private set; }

    /// <summary>
    /// Reads all entries, and fences off every actor that has read them before. Must complete before something is written, and again after
    /// <see cref="RecordLogLostException"/>.
    /// </summary>
    /// <exception cref="IOException">They cannot be read at the moment, or are damaged (<see cref="Storage.StoreDamagedException"/>).</exception>
    /// <exception cref="InvalidDataException">They are damaged, and the store has no way back.</exception>
    public async Task<IReadOnlyList<T>> LoadAsync(CancellationToken cancellationToken)
    {
        var log = _log ?? store.Open(key);
        _log = null;
        try
        {
            var image = await log.LoadAsync(cancellationToken);
            List<T> entries = [.. image?.Records.Select(Read) ?? []];
            (_log, Version) = (log, image?.Version ?? 0);
            return entries;
        }
        catch
        {
            await log.DisposeAsync();
            throw;
        }
    }

    /// <summary>Writes and deletes entries, all or none, durably.</summary>
    /// <param name="puts">With <paramref name="deletes"/> at most <see cref="MostWrites"/>.</param>
    /// <param name="deletes">Keys of records.</param>
    /// <param name="by">Who does it: an operator, or a subject.</param>
    /// <param name="at">When, UTC.</param>
    /// <exception cref="RecordLogLostException">Another actor keeps the entries, or the outcome is unknown: they must be loaded again.</exception>
    /// <exception cref="IOException">Nothing was written.</exception>
    public async Task WriteAsync(IReadOnlyList<T> puts, IReadOnlyList<string> deletes, string by, DateTimeOffset at)
    {
        var log = _log ?? throw new RecordLogLostException("The entries were not read, or must be read again.");
        var author = new RecordAuthor(key.Tenant, key.Owner, by, Session: "");
        var commit = Guid.NewGuid();
        try
        {
            await log.AppendAsync([new RecordCommit(Version + 1, commit, author, at) { Puts = [.. puts.Select(put => Write(put, author, commit, at))], Deletes = deletes }], recent: []);
        }
        catch (Exception e) when (e is RecordLogLostException or not IOException)
        {
            _log = null; // Only a write that the store has confirmed or refused leaves a known state.
            await log.DisposeAsync();
            throw e as RecordLogLostException ?? new RecordLogLostException("It is not known whether the store took the write.", e);
        }

        Version++;
    }

    public ValueTask DisposeAsync() => _log?.DisposeAsync() ?? ValueTask.CompletedTask;

    private Record Write(T entry, RecordAuthor author, Guid commit, DateTimeOffset at) => new()
    {
        Key = keyOf(entry),
        Version = Version + 1,
        Value = JsonSerializer.SerializeToElement(entry, type),
        CreatedBy = author.Client,
        CreatedAt = at,
        LastModifiedBy = author.Client,
        ModifiedAt = at,
        Transaction = commit,
        Session = author.Session,
    };

    private T Read(Record record)
    {
        try
        {
            return record.Value.Deserialize(type) is { } entry && keyOf(entry) == record.Key ? entry : throw new InvalidDataException(unreadable);
        }
        catch (JsonException e)
        {
            throw new InvalidDataException(unreadable, e);
        }
    }
}
