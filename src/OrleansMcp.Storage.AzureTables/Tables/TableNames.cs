namespace OrleansMcp.Storage.AzureTables.Tables;

/// <summary>The tables, one a purpose.</summary>
internal static class TableNames
{
    /// <summary>Not the name of version 0.1: its processes do not look at the format, and must not find this cluster.</summary>
    public const string Membership = "OrleansMcpMembers";

    /// <summary>The membership of version 0.1.</summary>
    public const string FormerMembership = "OrleansMcpMembership";

    public const string Sessions = "OrleansMcpSessions";
    public const string Registry = "OrleansMcpRegistry";
    public const string Audit = "OrleansMcpAudit";
    public const string Records = "OrleansMcpRecords";

    /// <summary>What belongs to the store as a whole: its format, and who serves it alone.</summary>
    public const string Store = "OrleansMcpStore";
}
