using System.Collections.Concurrent;

namespace OrleansMcp.Authorization.Policies;

/// <summary>What the policies say about the calls of one client to one server.</summary>
internal sealed class CallerPolicy(PolicySet set, PolicySubject subject)
{
    private readonly Policy[] _policies = [.. set.Policies.Where(policy => policy.Scope.Covers(subject))];
    // Servers may invent names without end, and what is kept can be worked out again.
    private const int MostKept = 10_000;

    private readonly ConcurrentDictionary<PolicyTool, ToolPolicy> _tools = new();

    /// <summary>Where it was worked out.</summary>
    public PolicySet Set => set;

    /// <summary>What holds for a tool, worked out once. Names that clients invent must not come here.</summary>
    public ToolPolicy For(PolicyTool tool)
    {
        if (_tools.Count > MostKept)
        {
            _tools.Clear();
        }

        return _tools.GetOrAdd(tool, static (tool, self) => self.Compile(tool), this);
    }

    /// <summary>Whether a tool may be listed.</summary>
    public bool Shows(PolicyTool tool) => For(tool).Ban is null;

    private ToolPolicy Compile(PolicyTool tool) => new(
        _policies.Select(policy => policy.Ban(tool)).FirstOrDefault(ban => ban is not null),
        [.. _policies.SelectMany(policy => policy.RulesFor(tool)
            .Where(rule => rule.Scope.Covers(subject) && (rule.Exempt & tool.Kind) == RuleExemptions.None).Select(rule => new BoundRule(policy, rule, subject)))]);
}
