namespace OrleansMcp.Drill.Report;

/// <summary>What became of a check.</summary>
internal enum CheckState
{
    /// <summary>It was made often enough, and found nothing.</summary>
    Clean,

    /// <summary>It found something.</summary>
    Found,

    /// <summary>There is nothing to check with these clients on this server.</summary>
    NotChecked,

    /// <summary>It could be made, but was made too seldom, or most of what it needs was refused.</summary>
    TooLittle,
}
