namespace OrleansMcp.Authorization.Policies;

/// <summary>The servers, tenants and clients that a policy or a rule applies to; an empty list means all of them.</summary>
internal sealed record PolicyScope(
    IReadOnlyList<NamePattern> Servers, IReadOnlyList<NamePattern> Tenants, IReadOnlyList<NamePattern> Clients)
{
    public bool Covers(PolicySubject subject) =>
        Covers(Servers, subject.Server) && Covers(Tenants, subject.Tenant) && Covers(Clients, subject.Client);

    /// <summary>Whether a list of the scope names <paramref name="name"/>.</summary>
    public static bool Covers(IReadOnlyList<NamePattern> patterns, string name) =>
        patterns.Count == 0 || patterns.Any(pattern => pattern.Matches(name));
}

/// <summary>Who calls what: the server's name, and the caller as its credential says.</summary>
internal readonly record struct PolicySubject(string Server, string Tenant, string Client);
