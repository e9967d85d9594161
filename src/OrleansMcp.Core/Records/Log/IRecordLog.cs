namespace OrleansMcp.Records.Log;

/// <summary>Where namespaces are kept.</summary>
public interface IRecordStore
{
    /// <summary>The log of one namespace, for one actor. Nothing is read or written yet.</summary>
    IRecordLog Open(RecordSpaceKey key);
}

/// <summary>
/// The durable form of one namespace. Calls do not overlap. Each implementation checks by itself that what it writes and reads is the
/// namespace's own (<see cref="RecordGuard"/>): the second layer behind the actor's.
/// </summary>
public interface IRecordLog : IAsyncDisposable
{
    /// <summary>The namespace; null when nothing was ever written. Makes this actor the only one that may write.</summary>
    /// <exception cref="IOException">It cannot be read at the moment.</exception>
    /// <exception cref="RecordLogForeignException">What is stored there belongs to another namespace.</exception>
    /// <exception cref="Storage.StoreDamagedException">What is stored there is damaged, and stays so until a back-up is brought into its place.</exception>
    /// <exception cref="InvalidDataException">What is stored there is damaged, and this store has no way back.</exception>
    ValueTask<RecordImage?> LoadAsync(CancellationToken cancellationToken);

    /// <summary>Appends transactions, all or none. Durable when it returns.</summary>
    /// <param name="commits">In order; together no more than <see cref="RecordLimits.Writes"/> changes.</param>
    /// <param name="recent">Transactions of the last minute, these included.</param>
    /// <exception cref="RecordLogLostException">They may have been written; this log cannot be used any more.</exception>
    /// <exception cref="IOException">They were not written.</exception>
    ValueTask AppendAsync(IReadOnlyList<RecordCommit> commits, IReadOnlyList<KnownTransaction> recent);
}

/// <summary>Whether a write happened is unknown, or another actor writes: the namespace must be read anew.</summary>
public sealed class RecordLogLostException(string message, Exception? inner = null) : IOException(message, inner);

/// <summary>Records that are stored, or are to be written, in a namespace do not belong to it (seed 000).</summary>
public sealed class RecordLogForeignException(string message) : IOException(message);
