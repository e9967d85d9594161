namespace OrleansMcp.Storage.Sqlite.Database;

/// <summary>Changes that belong together: all of them are durable, or none. Runs on the writer's thread, within a group of others.</summary>
internal abstract class WriteUnit(long bytes)
{
    /// <summary>What the unit holds while it waits, bytes.</summary>
    public long Bytes => bytes;

    /// <summary>Whether the unit frees space, so that it may be done with the last space there is (<see cref="DiskReserve"/>).</summary>
    public bool FreesSpace { get; init; }

    /// <summary>Why the unit by itself was not done; null when it is to be committed.</summary>
    public Exception? Refusal { get; set; }

    /// <summary>Makes the changes, and nothing else: it is run again when another unit of its group is refused. An exception takes back this unit alone.</summary>
    public abstract void Run(StoreConnection connection);

    /// <summary>The group is committed: answers with the result, or with <see cref="Refusal"/>.</summary>
    public abstract void Complete();

    /// <summary>The group is not committed: nothing of the unit has happened.</summary>
    public abstract void Fail(Exception failure);
}

/// <summary>A unit with a result.</summary>
internal sealed class WriteUnit<T>(long bytes, Func<StoreConnection, T> work) : WriteUnit(bytes)
{
    private readonly TaskCompletionSource<T> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private T _result = default!;

    public Task<T> Task => _done.Task;

    public override void Run(StoreConnection connection) => _result = work(connection);

    public override void Complete()
    {
        if (Refusal is { } refusal)
        {
            _done.SetException(refusal);
        }
        else
        {
            _done.SetResult(_result);
        }
    }

    public override void Fail(Exception failure) => _done.SetException(failure);
}
