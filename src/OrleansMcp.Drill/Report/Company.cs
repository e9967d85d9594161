namespace OrleansMcp.Drill.Report;

/// <summary>Which clients a check needs.</summary>
internal enum Company
{
    /// <summary>Any.</summary>
    Any,

    /// <summary>Two of one tenant.</summary>
    Peers,

    /// <summary>Two of different tenants.</summary>
    Tenants,
}
