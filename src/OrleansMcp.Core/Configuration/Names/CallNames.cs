namespace OrleansMcp.Configuration.Names;

/// <summary>Judges the names of a call that is only asked about: whether there is such a caller, and such a tool.</summary>
public static class CallNames
{
    /// <summary>What is wrong with the names, each with the nearest that is known.</summary>
    /// <param name="configuration">Knows the tenants and clients.</param>
    /// <param name="offered">What the server offers.</param>
    /// <param name="server">The server's name.</param>
    /// <param name="tenant">The caller's tenant.</param>
    /// <param name="client">The caller's client.</param>
    /// <param name="tool">The tool's name. Of one of another server, <c>SERVER__TOOL</c>, only the server is judged.</param>
    public static IReadOnlyList<string> ProblemsOf(
        ServerConfiguration configuration, OfferedNames offered, string server, string tenant, string client, string tool)
    {
        var known = new KnownNames(configuration, offered);
        NameUse[] uses =
        [
            Use(NameKind.Server, server),
            Use(NameKind.Tenant, tenant),
            Use(NameKind.Client, client) with { Scopes = [new([], [new(tenant)], [])] },
            Use(NameKind.Tool, tool) with { Scopes = [new([new(server)], [], [])] },
        ];
        return [.. uses.Select(known.ProblemOf).OfType<string>()];
    }

    private static NameUse Use(NameKind kind, string text) => new(kind, new(text), new("", 0, "", ""), MayBePattern: false, []);
}
