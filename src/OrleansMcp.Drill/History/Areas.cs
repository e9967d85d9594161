namespace OrleansMcp.Drill.History;

/// <summary>The rows of the report.</summary>
internal static class Areas
{
    public const string Sessions = "sessions";
    public const string Counters = "session counters";
    public const string Secrets = "secrets";
    public const string Caches = "caches";
    public const string ToolLog = "tool log";
    public const string Records = "records";
    public const string Grants = "grants";
    public const string Attacks = "attacks";
}
