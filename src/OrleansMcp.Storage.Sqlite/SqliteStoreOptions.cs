namespace OrleansMcp.Storage.Sqlite;

/// <summary>What the SQLite store is told.</summary>
/// <param name="DataFolder">The folder of the database. Made when it is missing; one server at a time may hold it.</param>
public sealed record SqliteStoreOptions(string DataFolder)
{
    /// <summary>What writes that wait for the disk may hold together, bytes; further ones wait to be taken in. Default: 64 MiB.</summary>
    public long MaxQueuedBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>How many reads run beside each other and beside the writer. Default: 4.</summary>
    public int Readers { get; init; } = 4;

    /// <summary>
    /// Called once, on any thread, when the database file turns out to be damaged while the store is in use. From then on nothing is written;
    /// the host should stop the process. Default: nothing.
    /// </summary>
    public Action<StoreDamagedException>? Damaged { get; init; }
}
