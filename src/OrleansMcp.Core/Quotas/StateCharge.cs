namespace OrleansMcp.Quotas;

/// <summary>How much of the quota for state a namespace of records holds.</summary>
/// <param name="Bytes">What it may hold now, bytes: at least what it asked for, unless it was refused.</param>
/// <param name="Refusal">Why it may hold no more; null when it may.</param>
public sealed record StateCharge(long Bytes, QuotaRefusal? Refusal = null);
