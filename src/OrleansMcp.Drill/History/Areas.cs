namespace OrleansMcp.Drill.History;

/// <summary>The rows of the report.</summary>
internal static class Areas
{
    public const string Sessions = "sessions";
    public const string Counters = "session counters";
    public const string Secrets = "secrets";
    public const string ClientCaches = "client caches";
    public const string TenantCaches = "tenant caches";
    public const string ToolLog = "tool log";
    public const string Upstream = "upstream";
    public const string Records = "records";
    public const string Grants = "grants";
    public const string ForgedIds = "forged ids";
    public const string SessionAttacks = "peers' sessions";
    public const string TenantAttacks = "tenants' sessions";
    public const string RecordAttacks = "peers' records";
    public const string Signals = "signals";
}
