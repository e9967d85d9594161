using OrleansMcp.Benchmarks.Http;

namespace OrleansMcp.Benchmarks.Abuse;

/// <summary>Counts what all hands of an attack sent and what became of it.</summary>
internal sealed class AttackCounts
{
    private long _requests;
    private long _refusals;
    private long _closed;

    /// <summary>A request, or a connection without one.</summary>
    public void Sent() => Interlocked.Increment(ref _requests);

    /// <summary>The server closed a connection.</summary>
    public void Closed() => Interlocked.Increment(ref _closed);

    /// <summary>Counts the reply if it is a refusal, and says so.</summary>
    public bool IsRefusal(HttpReply reply) => IsRefusal(reply.Status, reply.Body.Span);

    /// <inheritdoc cref="IsRefusal(HttpReply)"/>
    public bool IsRefusal(int status, ReadOnlySpan<byte> body)
    {
        // A wrong id is answered with 404 and what is not JSON with 400: these are answers. Too large and too much are refusals.
        var refused = status is 413 or 429 or 503 || body.IndexOf("\"quota_"u8) >= 0 || body.IndexOf("\"held_back\""u8) >= 0;
        if (refused)
        {
            Interlocked.Increment(ref _refusals);
        }

        return refused;
    }

    public AttackResult Result(TimeSpan elapsed) =>
        new(Interlocked.Read(ref _requests), Interlocked.Read(ref _refusals), Interlocked.Read(ref _closed), elapsed);
}
