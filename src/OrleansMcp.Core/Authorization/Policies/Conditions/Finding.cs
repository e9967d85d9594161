namespace OrleansMcp.Authorization.Policies.Conditions;

/// <summary>What came of a condition. Everything but <see cref="Holds"/> fails its rule.</summary>
internal enum Finding
{
    Holds,
    Fails,

    /// <summary>Nothing is at the path.</summary>
    Missing,

    /// <summary>The key is written in another case.</summary>
    OtherSpelling,

    /// <summary>The value is of a type that the operator does not compare.</summary>
    WrongType,

    /// <summary>The text is too long for a regular expression.</summary>
    TooLong,

    /// <summary>The number is out of all proportion.</summary>
    NotComparable,
}
