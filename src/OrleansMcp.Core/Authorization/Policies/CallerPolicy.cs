using System.Collections.Concurrent;

namespace OrleansMcp.Authorization.Policies;

/// <summary>What the policies say about the calls of one client to one server.</summary>
internal sealed class CallerPolicy(PolicySet set, PolicySubject subject)
{
    private readonly Policy[] _policies = [.. set.Policies.Where(policy => policy.Scope.Covers(subject))];
    private readonly ConcurrentDictionary<string, ToolPolicy> _tools = new(StringComparer.Ordinal);

    /// <summary>Where it was worked out.</summary>
    public PolicySet Set => set;

    /// <summary>What holds for a tool of the catalogue, worked out once. Names that clients invent must not come here: they are kept.</summary>
    public ToolPolicy For(string tool) => _tools.GetOrAdd(tool, static (tool, self) => self.Compile(tool), this);

    /// <summary>Whether a tool may be listed.</summary>
    public bool Shows(string tool) => For(tool).Ban is null;

    private ToolPolicy Compile(string tool) => new(
        _policies.Select(policy => policy.Ban(tool)).FirstOrDefault(ban => ban is not null),
        [.. _policies.SelectMany(policy => policy.RulesFor(tool)
            .Where(rule => rule.Scope.Covers(subject)).Select(rule => new BoundRule(policy, rule, subject)))]);
}
