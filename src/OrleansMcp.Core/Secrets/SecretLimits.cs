namespace OrleansMcp.Secrets;

/// <summary>How much one session may hold.</summary>
/// <param name="Count">Secrets at a time.</param>
/// <param name="Bytes">Bytes of one secret.</param>
internal readonly record struct SecretLimits(int Count, int Bytes);

/// <summary>What became of a secret that was to be kept.</summary>
internal enum SecretPut
{
    /// <summary>Kept under a name that was free.</summary>
    Stored,

    /// <summary>Kept; the former secret of that name is gone.</summary>
    Replaced,

    /// <summary>The vault holds as many as it may.</summary>
    Full,

    /// <summary>Longer than a secret may be, or empty.</summary>
    BadSize,

    /// <summary>The session has ended or is leaving memory.</summary>
    Closed,
}
