using OrleansMcp.Authorization.Policies;
using OrleansMcp.Upstreams;

namespace OrleansMcp.Configuration.Names;

/// <summary>
/// What there is to be named: the tenants and clients of a configuration, and what the server offers. A name of nothing is a slip of the pen that
/// would turn a rule off without a word: an error. A pattern may come to mean something later: a warning. What other servers offer is not known; that there are such
/// servers is.
/// </summary>
/// <param name="configuration">The configuration.</param>
/// <param name="offered">What the server offers; null where it is not known, and not judged.</param>
internal sealed class KnownNames(ServerConfiguration configuration, OfferedNames? offered)
{
    private (IReadOnlyList<PolicyScope>? Scopes, Candidates Clients) _last; // The names of one list have their scopes in common.

    /// <summary>Adds what is wrong with the names of a file to what else was found there.</summary>
    public void Judge(YamlErrors found)
    {
        var foreign = OfOtherServers(found.Names);
        foreach (var tools in foreign.GroupBy(static use => use.Policy!, Same))
        {
            var (first, rest) = (tools.First(), tools.Count() - 1);
            found.Add(first.Place with
            {
                Message = $"there is no tool '{LookAlike.Shown(first.Name.Text)}'{(rest == 0 ? "" : $", nor {rest} more of this policy")}. Rules about tools of other servers apply to nothing.",
            }, isWarning: true);
        }

        foreach (var use in found.Names)
        {
            if (!foreign.Contains(use) && ProblemOf(use) is { } problem)
            {
                found.Add(use.Place with { Message = problem }, isWarning: use.IsPattern && use.Server is not { IsWild: false });
            }
        }
    }

    /// <summary>
    /// The tools of servers that are not here: policies that are for everybody, and of whose tools most are neither offered nor misspelt, are files
    /// of others. They are told as a whole, and refused no more than a pattern that matches nothing.
    /// </summary>
    private HashSet<NameUse> OfOtherServers(IReadOnlyList<NameUse> uses) => offered is null ? [] : uses
        .Where(static use => use.Policy is { Servers.Count: 0, Tenants.Count: 0, Clients.Count: 0 } && !use.IsPattern)
        .GroupBy(static use => use.Policy!, Same)
        .Select(policy => (Count: policy.Count(), Foreign: policy.Where(IsForeign).ToList()))
        .Where(static policy => 2 * policy.Foreign.Count > policy.Count)
        .SelectMany(static policy => policy.Foreign).ToHashSet();

    private bool IsForeign(NameUse use) =>
        use.Server is null && !offered!.Tools.Contains(use.Name.Text) && NearestName.Of(use.Name.Text, offered.Tools) is null;

    private static IEqualityComparer<PolicyScope> Same => ReferenceEqualityComparer.Instance;

    /// <summary>What is wrong with a name; null when it names something.</summary>
    public string? ProblemOf(NameUse use)
    {
        if (use.Kind == NameKind.Upstream)
        {
            return ProblemOfServer(use.Name.Text);
        }

        if (use.IsAll || IsOfServer(use) || CandidatesOf(use) is not { } candidates || (use.IsPattern ? MatchesAny(use, candidates.Names) : Names(use, candidates.Names)))
        {
            return null;
        }

        if (use.Server is { } server && offered is not null)
        {
            return $"there is no server '{LookAlike.Shown(server.Text)}'. {NearestName.Hint(server.Text, [.. configuration.Servers.Keys])}";
        }

        var (kind, where, names) = candidates;
        var (shown, hint) = (LookAlike.Shown(use.Name.Text), NearestName.Hint(use.Name.Text, names));
        return use.IsPattern ? $"'{shown}' matches no {kind}{where}. {hint}"
            : $"there is no {kind} '{shown}'{where}. {hint}{(use.Name.IsWild ? " No pattern is read here." : "")}";
    }

    /// <summary>Whether it names something of another server that is configured.</summary>
    private bool IsOfServer(NameUse use) => use.Kind == NameKind.Resource
        ? UpstreamUris.ServerOf(use.Name.Text) is { } scheme && configuration.Servers.ContainsKey(scheme)
        : use.Server is { } server && configuration.Servers.Keys.Any(server.Matches);

    /// <summary>What is wrong with the name of another server that is configured.</summary>
    private string? ProblemOfServer(string server)
    {
        if (offered is null)
        {
            return null;
        }

        var prefix = UpstreamNames.PrefixOf(server);
        var taken = offered.Tools.Concat(offered.Prompts).FirstOrDefault(name => name.StartsWith(prefix, StringComparison.Ordinal));
        return server == offered.Server ? "is the name of this server itself."
            : taken is not null ? $"cannot be the name of another server: this one has '{taken}', which would be of it."
            : offered.HasResourceBelow(UpstreamUris.PrefixOf(server)) ? $"cannot be the name of another server: this one has resources that begin with '{UpstreamUris.PrefixOf(server)}', which would be of it."
            : null;
    }

    private bool Names(NameUse use, IReadOnlyCollection<string> names) => use.Kind == NameKind.Resource
        ? offered!.HasResource(use.Name.Text)
        : names.Contains(use.Name.Text);

    // The only pattern of a URI is a beginning.
    private bool MatchesAny(NameUse use, IReadOnlyCollection<string> names) => use.Kind == NameKind.Resource
        ? offered!.HasResourceBelow(use.Name.Text[..^1])
        : names.Any(use.Name.Matches);

    /// <summary>What a name at this place can be the name of; null where that is not known.</summary>
    private Candidates? CandidatesOf(NameUse use) => use.Kind switch
    {
        NameKind.Tenant => new("tenant", Among(use, static scope => scope.Tenants), [.. TenantsOf(use.Scopes)]),
        NameKind.Client => ClientsOf(use),
        _ when offered is null => null,
        NameKind.Server => new("server", "", [offered.Server, .. configuration.Servers.Keys]),
        NameKind.Tool when use.Scopes.All(scope => PolicyScope.Covers(scope.Servers, offered.Server)) => new("tool", "", offered.Tools),
        NameKind.Prompt => new("prompt", "", offered.Prompts),
        NameKind.Resource => new("resource", "", offered.Resources),
        _ => null,
    };

    private Candidates ClientsOf(NameUse use)
    {
        if (!ReferenceEquals(_last.Scopes, use.Scopes))
        {
            string[] tenants = [.. TenantsOf(use.Scopes)];
            if (tenants.Length == 0 || use.Scopes.Any(NamesUnknownTenant))
            {
                tenants = [.. configuration.Tenants.Keys]; // The tenants are told to be wrong; whose clients are meant is not known.
            }

            var names = tenants.SelectMany(tenant => configuration.Tenants[tenant].Clients.Keys)
                .Where(client => use.Scopes.All(scope => PolicyScope.Covers(scope.Clients, client))).ToHashSet(StringComparer.Ordinal);
            var of = tenants.Length == configuration.Tenants.Count ? "" : $" of {(tenants.Length == 1 ? "tenant" : "the tenants")} {Listed(tenants)}";
            _last = (use.Scopes, new("client", of + Among(use, static scope => scope.Clients), names));
        }

        return _last.Clients;
    }

    private IEnumerable<string> TenantsOf(IReadOnlyList<PolicyScope> scopes) =>
        configuration.Tenants.Keys.Where(tenant => scopes.All(scope => PolicyScope.Covers(scope.Tenants, tenant)));

    private bool NamesUnknownTenant(PolicyScope scope) => scope.Tenants.Any(tenant => !tenant.IsWild && !configuration.Tenants.ContainsKey(tenant.Text));

    private static string Among(NameUse use, Func<PolicyScope, IReadOnlyList<NamePattern>> part) =>
        use.Scopes.Any(scope => part(scope).Count > 0) ? " among those of the policy" : "";

    private static string Listed(string[] names) => string.Join(", ", names.Take(4)) + (names.Length > 4 ? " and others" : "");

    /// <summary>What a name can be the name of.</summary>
    /// <param name="Kind">What they are, in a message.</param>
    /// <param name="Where">Which of them, in a message.</param>
    /// <param name="Names">Their names.</param>
    private readonly record struct Candidates(string Kind, string Where, IReadOnlyCollection<string> Names);
}
