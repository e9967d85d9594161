namespace OrleansMcp.Drill.History;

/// <summary>What kept the server from doing an operation.</summary>
internal enum HindranceKind
{
    /// <summary>The client, its tenant or the server has used up what it may.</summary>
    Quota,

    /// <summary>The client made too many attempts on what is not its own.</summary>
    Throttle,

    /// <summary>The client has no permission, or a policy says no.</summary>
    Permission,

    /// <summary>The credential was not accepted.</summary>
    Credential,

    /// <summary>There was no answer.</summary>
    Silence,

    /// <summary>The server failed, or was not ready.</summary>
    Failure,

    /// <summary>The server did not understand the request, or takes none of its kind.</summary>
    Request,
}

/// <summary>
/// Why the server did not do an operation, where the reason is not what the drill is about: such an operation is neither a finding nor does it
/// show that anything is as it should be. A conflict, or a refusal of what is another client's, is none.
/// </summary>
/// <param name="Kind">The kind of reason.</param>
/// <param name="Name">The quota, the permission, the code or the HTTP status.</param>
internal sealed record Hindrance(HindranceKind Kind, string Name)
{
    private const string Namespaces = "maxNamespaces";

    public override string ToString() => Kind switch
    {
        HindranceKind.Quota => $"quota {Name}",
        HindranceKind.Throttle => $"throttled ({Name})",
        HindranceKind.Permission => $"no permission {Name}",
        HindranceKind.Credential => $"credential refused ({Name})",
        HindranceKind.Silence => "no answer",
        HindranceKind.Failure => $"server failed ({Name})",
        _ => $"not understood ({Name})",
    };

    /// <summary>What to change so that the operation can be done.</summary>
    public string Remedy => Kind switch
    {
        HindranceKind.Quota when Name == Namespaces =>
            $"Raise records.{Namespaces}, or give the drill other clients: the two namespaces that each run takes of a client stay.",
        HindranceKind.Quota => $"Give these clients a wider quota {Name}, or the drill more --seconds.",
        HindranceKind.Throttle => "Try fewer --attacks, wait a minute, or raise signals.attemptsPerMinute.",
        HindranceKind.Permission => $"Give these clients the permission {Name}.",
        HindranceKind.Credential => "See whether these credentials are still good, and whether an operator refuses these clients.",
        HindranceKind.Silence => "See whether the server runs, and whether it can be reached from here.",
        HindranceKind.Failure => "See the server's log.",
        _ => "See whether the server is of the drill's version.",
    };
}
