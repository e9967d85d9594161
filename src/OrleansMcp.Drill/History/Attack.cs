namespace OrleansMcp.Drill.History;

/// <summary>A client tried what it must not do.</summary>
/// <param name="Stamp">When and by which client.</param>
/// <param name="Kind">What it tried, for people.</param>
/// <param name="Target">The session or the namespace that it tried it on.</param>
/// <param name="Signal">The signal that the server must raise.</param>
/// <param name="Answer">Status and body of the answer.</param>
/// <param name="Baseline">The answer about a target that does not exist, which <paramref name="Answer"/> must equal byte for byte.</param>
internal sealed record Attack(Stamp Stamp, string Kind, string Target, string Signal, string Answer, string Baseline) : Operation(Stamp)
{
    public const string ForgedSignal = "forged_session_id";
    public const string SessionSignal = "cross_session_attempt";
    public const string TenantSignal = "cross_tenant_attempt";

    public override string Area => Signal switch
    {
        ForgedSignal => Areas.ForgedIds,
        SessionSignal => Areas.SessionAttacks,
        TenantSignal => Areas.TenantAttacks,
        _ => Areas.RecordAttacks,
    };

    /// <summary>Whether it is about a target that does not exist, so that others can be compared with its answer.</summary>
    public bool IsBaseline { get; init; }

    /// <summary>Whether the server judged it: it was answered, and not with a refusal that every request of the client would have got.</summary>
    public bool IsJudged => Hindrance is null;

    public override string Description => $"{Kind} on {Target}: {Answer}{(Answer == Baseline ? "" : $" (about what never was: {Baseline})")}";
}
