using System.Collections.Concurrent;
using OrleansMcp.Auditing;
using OrleansMcp.Sessions;
using OrleansMcp.Sessions.State;
using OrleansMcp.Signals;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Sessions;

/// <summary>Session records in memory. A test says how the store fails, and when it is done.</summary>
internal sealed class BenchStore : ISessionStore
{
    private readonly ConcurrentDictionary<string, SessionRecord> _records = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<string> _operations = new();
    private int _writing;

    public bool AppendsReceipts { get; init; }

    /// <summary>What every operation fails with.</summary>
    public Exception? Fails { get; set; }

    /// <summary>What the next operation fails with; those after it do not.</summary>
    public Exception? FailsOnce { get; set; }

    /// <summary>Where writes wait.</summary>
    public Gate? Held { get; set; }

    /// <summary>Called as an operation begins.</summary>
    public Action<string>? Beginning { get; set; }

    /// <summary>What was done, in order.</summary>
    public IReadOnlyCollection<string> Operations => _operations;

    /// <summary>How many writes there were at most at a time.</summary>
    public int MostAtOnce { get; private set; }

    public AuditEntry? Receipt { get; private set; }

    public SessionRecord? this[SessionKey key] => _records.GetValueOrDefault(key.Value);

    public ValueTask<SessionRecord?> LoadAsync(SessionKey key, CancellationToken cancellationToken) => new(this[key]);

    public ValueTask SaveAsync(SessionRecord record, CancellationToken cancellationToken) =>
        DoAsync("save", () => _records[record.Key] = record, cancellationToken);

    public ValueTask SaveLeavingAsync(SessionRecord record, CancellationToken cancellationToken) =>
        DoAsync("leave", () => _records[record.Key] = record, cancellationToken);

    public ValueTask DeleteAsync(SessionKey key, CancellationToken cancellationToken) =>
        DoAsync("delete", () => _records.TryRemove(key.Value, out _), cancellationToken);

    public async ValueTask<bool> EndAsync(SessionKey key, AuditEntry receipt, CancellationToken cancellationToken)
    {
        var isRemoved = false;
        await DoAsync(
            "end",
            () =>
            {
                isRemoved = _records.TryRemove(key.Value, out _);
                Receipt = isRemoved ? receipt : null;
            },
            cancellationToken);
        return isRemoved;
    }

    private async ValueTask DoAsync(string what, Action act, CancellationToken cancellationToken)
    {
        MostAtOnce = Math.Max(MostAtOnce, Interlocked.Increment(ref _writing));
        try
        {
            Beginning?.Invoke(what);
            if (Held is { } gate)
            {
                await gate.WaitAsync(cancellationToken);
            }

            var failure = FailsOnce ?? Fails;
            FailsOnce = null;
            if (failure is not null)
            {
                throw failure;
            }

            act();
            _operations.Enqueue(what);
        }
        finally
        {
            Interlocked.Decrement(ref _writing);
        }
    }
}
