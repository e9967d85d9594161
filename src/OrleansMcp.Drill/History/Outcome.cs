namespace OrleansMcp.Drill.History;

/// <summary>What is known of the effect of an operation that is over.</summary>
internal enum Outcome
{
    /// <summary>It was answered, and took effect.</summary>
    Ok,

    /// <summary>It was refused with a code, and had no effect.</summary>
    Refused,

    /// <summary>It was not answered, or the answer does not say: it may have taken effect at any time after it began, or never.</summary>
    Unknown,
}
