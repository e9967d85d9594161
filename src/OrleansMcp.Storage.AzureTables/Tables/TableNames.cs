namespace OrleansMcp.Storage.AzureTables.Tables;

/// <summary>The tables, one a purpose.</summary>
internal static class TableNames
{
    public const string Membership = "OrleansMcpMembership";
    public const string Sessions = "OrleansMcpSessions";
    public const string Registry = "OrleansMcpRegistry";
    public const string Audit = "OrleansMcpAudit";
    public const string Records = "OrleansMcpRecords";

    /// <summary>What belongs to the store as a whole: its format, and who serves it alone.</summary>
    public const string Store = "OrleansMcpStore";
}
