using System.Globalization;
using System.Security.Cryptography;
using Orleans;
using Orleans.Runtime;
using Orleans.Storage;
using OrleansMcp.Auditing;
using OrleansMcp.Sessions.State;
using OrleansMcp.Signals;
using OrleansMcp.Storage.Sqlite.Audit;
using OrleansMcp.Storage.Sqlite.Database;

namespace OrleansMcp.Storage.Sqlite.Sessions;

/// <summary>
/// Sessions as grain state, a row each, by the grain's key. A write without an ETag must find no row, a write or a clear with one must find
/// the row of that version (<see cref="InconsistentStateException"/> otherwise). To clear with a <see cref="StoredSession.Receipt"/> is one
/// commit with the tenant's audit.
/// </summary>
internal sealed class SqliteGrainStorage(StoreDatabase database, AuditWriter audit) : IGrainStorage, IReceiptAppendingStorage
{
    /// <exception cref="StoreDamagedException">The row is damaged.</exception>
    /// <exception cref="IOException">The database cannot be read.</exception>
    public async Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        RefuseOthers<T>();
        var key = KeyOf(grainId);
        var row = await database.Readers.RunAsync(connection => SessionRow.Read(connection, key), CancellationToken.None);
        grainState.State = (T)(object)(row?.State ?? new StoredSession());
        (grainState.ETag, grainState.RecordExists) = (row is null ? null! : ETagOf(row.Version), row is not null);
    }

    /// <exception cref="InconsistentStateException">The row is not the one of the ETag. Nothing was written.</exception>
    /// <exception cref="IOException">Nothing was written.</exception>
    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var (key, former, state) = (KeyOf(grainId), VersionOf(grainState.ETag), StateOf(grainState));
        var row = new SessionRow(key, former + 1 ?? FirstVersion(), state);
        var isWritten = await database.Writer.RunAsync(
            row.Bytes, connection => former is null ? row.TryInsert(connection) : row.TryReplace(connection));
        if (!isWritten)
        {
            throw Inconsistent(grainState.ETag);
        }

        (grainState.ETag, grainState.RecordExists) = (ETagOf(row.Version), true);
    }

    /// <summary>Clearing what is not there, without an ETag, is harmless, and appends no receipt.</summary>
    /// <exception cref="InconsistentStateException">The row is not the one of the ETag. Nothing was cleared or appended.</exception>
    /// <exception cref="IOException">Nothing was cleared or appended.</exception>
    public async Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var (key, version, state) = (KeyOf(grainId), VersionOf(grainState.ETag), StateOf(grainState));
        var isCleared = await database.Writer.RunAsync(1024, connection => version is { } known
            ? Clear(connection, key, known, state.Receipt)
            : !SessionRow.Exists(connection, key), freesSpace: true);
        if (!isCleared)
        {
            throw Inconsistent(grainState.ETag);
        }

        grainState.State = (T)(object)new StoredSession();
        (grainState.ETag, grainState.RecordExists) = (null!, false);
    }

    private bool Clear(StoreConnection connection, string key, long version, AuditEntry? receipt)
    {
        if (!SessionRow.TryDelete(connection, key, version))
        {
            return false;
        }

        if (receipt is not null)
        {
            audit.Append(connection, AuditFiling.Of(receipt));
        }

        return true;
    }

    private static string KeyOf(GrainId grain) => grain.Key.ToString()!;

    private static string ETagOf(long version) => version.ToString(CultureInfo.InvariantCulture);

    private static long? VersionOf(string? etag) => etag is null ? null
        : long.TryParse(etag, NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? version
        : throw Inconsistent(etag);

    /// <summary>Random, with room for all versions that follow.</summary>
    private static long FirstVersion() => BitConverter.ToInt64(RandomNumberGenerator.GetBytes(sizeof(long))) & (long.MaxValue >> 1);

    private static StoredSession StateOf<T>(IGrainState<T> state)
    {
        RefuseOthers<T>();
        return state.State as StoredSession ?? new StoredSession();
    }

    private static void RefuseOthers<T>()
    {
        if (typeof(T) != typeof(StoredSession))
        {
            throw new NotSupportedException($"This grain storage holds the state of sessions ({typeof(StoredSession)}), not {typeof(T)}: register another one for that.");
        }
    }

    private static InconsistentStateException Inconsistent(string? etag) =>
        new("The stored state is not the one that was read: another activation wrote or cleared it.", "", etag ?? "");
}
