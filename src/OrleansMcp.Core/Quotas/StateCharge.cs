namespace OrleansMcp.Quotas;

/// <summary>How much of the state quota a namespace of records holds.</summary>
/// <param name="Bytes">What the namespace may hold, bytes: at least what it asked for, unless it was refused.</param>
/// <param name="Refusal">Why it may hold no more; null when it was not refused.</param>
public sealed record StateCharge(long Bytes, QuotaRefusal? Refusal = null);
