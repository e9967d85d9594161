namespace OrleansMcp.Storage.AzureTables.Tables;

/// <summary>The tables, one a purpose.</summary>
internal static class TableNames
{
    public const string Membership = "OrleansMcpMembership";
    public const string Sessions = "OrleansMcpSessions";
    public const string Registry = "OrleansMcpRegistry";
    public const string Audit = "OrleansMcpAudit";
    public const string Records = "OrleansMcpRecords";
}
