namespace OrleansMcp.Drill.Checks.Records;

/// <summary>Why a transaction must come before another.</summary>
internal enum Dependency
{
    /// <summary>The other installed the next version of a key (ww).</summary>
    WriteWrite,

    /// <summary>The other read a version that it installed (wr).</summary>
    WriteRead,

    /// <summary>The other installed the next version of a key that it read (rw, an anti-dependency).</summary>
    ReadWrite,

    /// <summary>It was over before the other began.</summary>
    RealTime,
}

/// <summary>An edge of a <see cref="SerialisationGraph"/>.</summary>
/// <param name="To">The node that must come after.</param>
/// <param name="Dependency">Why it must.</param>
/// <param name="Key">The key of the versions; null for real time.</param>
internal readonly record struct Edge(int To, Dependency Dependency, string? Key);
