namespace OrleansMcp.Quotas.Usage;

/// <summary>Which clients of a tenant an operator reads the usage of.</summary>
/// <param name="Clients">How many clients at most, beside those in <paramref name="Named"/>.</param>
/// <param name="LeastPercent">The least part of a limit that a client uses, percent; 0 for every client that uses something.</param>
/// <param name="Named">Clients that are read in any case, if they use something.</param>
public sealed record UsageQuery(int Clients, int LeastPercent, IReadOnlyList<string> Named);
