namespace OrleansMcp.Drill.History;

/// <summary>A cached tool answered.</summary>
/// <param name="Stamp">When and by which client.</param>
/// <param name="Tool">The tool.</param>
/// <param name="Text">The text that the client asked with.</param>
/// <param name="ReplyText">The text that the answer says it was asked with.</param>
/// <param name="ReplyTenant">The tenant that the answer was computed for.</param>
/// <param name="ReplyClient">The client that the answer was computed for; null when it is for a whole tenant.</param>
/// <param name="Computation">Names the one computation that made the answer.</param>
internal sealed record CachedReply(
    Stamp Stamp, string Tool, string Text, string? ReplyText, string? ReplyTenant, string? ReplyClient, string? Computation) : Operation(Stamp)
{
    /// <summary>The tool whose cache is each client's own.</summary>
    public const string OfClient = "cache_stamp";

    /// <summary>The tool whose cache is each tenant's own.</summary>
    public const string OfTenant = "cache_shared";

    public override string Area => Tool == OfClient ? Areas.ClientCaches : Areas.TenantCaches;

    public override string Description => $"{Tool} {Text}: {ReplyText} for {ReplyTenant}/{ReplyClient}, stamp {Computation}";
}

/// <summary>A client read the tool log.</summary>
/// <param name="Stamp">When and by which client.</param>
/// <param name="Body">The whole answer.</param>
/// <param name="Tenants">The tenants that its entries name.</param>
/// <param name="Marker">Is part of every argument and value of the run, and of no other text.</param>
internal sealed record ToolLogRead(Stamp Stamp, string Body, IReadOnlyList<string> Tenants, string Marker) : Operation(Stamp)
{
    public override string Area => Areas.ToolLog;

    public override string Description => $"toollog_recent: {(Body.Length <= 400 ? Body : Body[..400] + "...")}";
}
