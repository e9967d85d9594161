using OrleansMcp.Configuration;
using OrleansMcp.Configuration.Names;
using YamlDotNet.RepresentationModel;

namespace OrleansMcp.Authorization.Policies.Reading;

/// <summary>Reads for whom a policy or one of its rules is: the keys <c>servers</c>, <c>tenants</c> and <c>clients</c>.</summary>
internal sealed class ScopeReader(YamlErrors errors)
{
    private const string OtherThanName = "must be a name, or a pattern with * for any characters.";

    /// <param name="section">The policy, or the rule.</param>
    /// <param name="outer">For a rule: for whom its policy is. A rule cannot be for others.</param>
    public PolicyScope Read(YamlSection section, params IReadOnlyList<PolicyScope> outer)
    {
        var servers = Patterns(section, "servers", NameKind.Server, outer);
        var tenants = Patterns(section, "tenants", NameKind.Tenant, outer);
        var clients = Patterns(section, "clients", NameKind.Client, [.. outer, new([], tenants, [])]);
        return new(servers, tenants, clients);
    }

    private List<NamePattern> Patterns(YamlSection section, string key, NameKind kind, IReadOnlyList<PolicyScope> scopes)
    {
        List<NamePattern> patterns = [];
        foreach (var (node, path) in section.Items(key))
        {
            if (node is YamlScalarNode { Value: { } text } && PolicyReader.IsName(text))
            {
                patterns.Add(new NamePattern(text));
                errors.Name(kind, node, path, text, scopes: scopes);
            }
            else
            {
                errors.Add(node, path, OtherThanName);
            }
        }

        return patterns;
    }
}
