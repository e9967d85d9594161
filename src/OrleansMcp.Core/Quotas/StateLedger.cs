using OrleansMcp.Sessions;

namespace OrleansMcp.Quotas;

/// <summary>How much tool state each session of a client keeps, and each of its namespaces of records.</summary>
/// <remarks>Not thread-safe: the tenant's lock guards it.</remarks>
internal sealed class StateLedger
{
    /// <summary>
    /// Sessions announce their state in steps of so many bytes, so that few changes need a word with the tenant. A session that was opened
    /// has the first step from the beginning.
    /// </summary>
    public const long Step = 4096;

    private readonly Dictionary<SessionKey, long> _kept = [];

    public long Total { get; private set; }

    public static long InSteps(long bytes) => (bytes + Step - 1) / Step * Step;

    public long Of(SessionKey session) => _kept.GetValueOrDefault(session);

    /// <summary>Those whose keys begin with a text, and what they keep.</summary>
    public IEnumerable<(SessionKey Key, long Bytes)> Of(string prefix) =>
        _kept.Where(pair => pair.Key.Value.StartsWith(prefix, StringComparison.Ordinal)).Select(pair => (pair.Key, pair.Value));

    public int Count(string prefix) => Of(prefix).Count();

    public void Set(SessionKey session, long bytes)
    {
        Total += bytes - Of(session);
        if (bytes == 0)
        {
            _kept.Remove(session);
        }
        else
        {
            _kept[session] = bytes;
        }
    }
}
