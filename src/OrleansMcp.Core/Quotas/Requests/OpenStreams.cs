namespace OrleansMcp.Quotas.Requests;

/// <summary>How many streams are open. Thread-safe.</summary>
internal sealed class OpenStreams
{
    private int _open;

    public int Open => Volatile.Read(ref _open);

    public bool TryOpen(long limit)
    {
        if (Interlocked.Increment(ref _open) <= limit)
        {
            return true;
        }

        Close();
        return false;
    }

    public void Close() => Interlocked.Decrement(ref _open);
}
