namespace OrleansMcp.Authorization.Policies;

/// <summary>One policy: what one file, or one entry of the configuration, says.</summary>
internal sealed record Policy
{
    /// <summary>The file as the configuration names it, or the entry's place.</summary>
    public required string Name { get; init; }

    public required PolicyScope Scope { get; init; }

    /// <summary>Whether tools that it does not list are denied.</summary>
    public bool DeniesByDefault { get; init; }

    /// <summary>Tools that are neither shown nor run.</summary>
    public IReadOnlyList<NamePattern> Hidden { get; init; } = [];

    /// <summary>The rules by tool, as the file has them.</summary>
    public IReadOnlyList<ToolRules> Tools { get; init; } = [];

    /// <summary>The rules for a tool: its own, then those of patterns, then those for all.</summary>
    public IEnumerable<Rule> RulesFor(PolicyTool tool) => Tools
        .Where(rules => Names(rules.Tool, tool))
        .OrderBy(rules => rules.Tool.IsAll ? 2 : rules.Tool.IsWild ? 1 : 0)
        .SelectMany(rules => rules.Rules);

    /// <summary>The denial of a tool that is hidden, or denied by default; no rule can permit it. Null otherwise.</summary>
    public PolicyDenial? Ban(PolicyTool tool)
    {
        if (Hidden.Any(pattern => Names(pattern, tool)))
        {
            return new PolicyDenial("hide", $"Tool '{tool.Name}' is hidden by policy.");
        }

        // Rules for all tools do not count: a tool that the operator did not name stays denied.
        return DeniesByDefault && !Tools.Any(rules => !rules.Tool.IsAll && Names(rules.Tool, tool))
            ? new PolicyDenial("default", $"Tool '{tool.Name}' is not permitted by policy.")
            : null;
    }

    /// <summary>
    /// Whether a name of the policy is that of a tool. Only a policy that says which servers it is for may call a tool as its server does: the same name at
    /// another server is another tool.
    /// </summary>
    private bool Names(NamePattern pattern, PolicyTool tool) =>
        pattern.Matches(tool.Name) || (tool.OriginalName is { } original && Scope.Servers.Count > 0 && pattern.Matches(original));
}

/// <summary>A tool as policies see it.</summary>
/// <param name="Name">What clients call it.</param>
/// <param name="OriginalName">What its server calls it; null for the host's own tools.</param>
/// <param name="Kind">The kinds that a rule may exempt and it is of.</param>
internal readonly record struct PolicyTool(string Name, string? OriginalName = null, RuleExemptions Kind = RuleExemptions.None);

/// <summary>The rules of one entry under <c>tools</c>.</summary>
internal sealed record ToolRules(NamePattern Tool, IReadOnlyList<Rule> Rules);

/// <summary>Why a call must not run.</summary>
/// <param name="Rule">The rule's name; <c>hide</c> and <c>default</c> for those.</param>
/// <param name="Message">What the caller is told.</param>
/// <param name="RetryAfterSeconds">When waiting helps: how long; otherwise 0.</param>
internal sealed record PolicyDenial(string Rule, string Message, int RetryAfterSeconds = 0)
{
    /// <summary>What every denial by a policy is called.</summary>
    public const string Code = "policy_denied";
}
