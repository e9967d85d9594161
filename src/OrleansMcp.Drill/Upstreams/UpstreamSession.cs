using System.Security.Cryptography;

namespace OrleansMcp.Drill.Upstreams;

/// <summary>A session of <see cref="DrillUpstream"/>.</summary>
internal sealed class UpstreamSession
{
    private long _count;

    /// <summary>What it is called in answers. Its id is for the client alone that opened it.</summary>
    public string Name { get; } = RandomNumberGenerator.GetHexString(12, lowercase: true);

    /// <summary>Counts a call.</summary>
    public long Count() => Interlocked.Increment(ref _count);
}
