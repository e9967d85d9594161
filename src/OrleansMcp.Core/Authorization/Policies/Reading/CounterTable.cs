using OrleansMcp.Authorization.Policies.Counters;
using OrleansMcp.Configuration;
using YamlDotNet.RepresentationModel;

namespace OrleansMcp.Authorization.Policies.Reading;

/// <summary>A condition on a counter that may be defined further down.</summary>
internal sealed record CounterCondition(YamlNode Node, string Key, string Path, CounterCheck Check, string Text);

/// <summary>What a rule's <c>state</c> defines.</summary>
internal sealed record StateReading(CounterDefinition Counter, Increment Increment);

/// <summary>What a rule waits for.</summary>
internal sealed record PendingCounters(StateReading? State)
{
    public List<CounterCondition> Conditions { get; } = [];
}

/// <summary>The counters of a policy: defined by rules, and looked at by other rules before or after.</summary>
internal sealed class CounterTable(YamlErrors errors)
{
    /// <summary>What the counters of rules for all tools are called under.</summary>
    public const string Global = "_global";

    private readonly Dictionary<string, CounterDefinition> _definitions = new(StringComparer.Ordinal);
    private readonly Dictionary<Rule, PendingCounters> _pending = new(ReferenceEqualityComparer.Instance);

    public CounterDefinition? Define(YamlSection section, string path, CounterWindow window, CounterShare share)
    {
        var definition = new CounterDefinition(path, window, share);
        if (_definitions.TryAdd(path, definition))
        {
            return definition;
        }

        errors.Add(section.Node, section.PathOf("counter"), $"the counter state.{path} is defined already.");
        return null;
    }

    /// <summary>Remembers what a rule waits for until all counters are known.</summary>
    public Rule Await(Rule rule, PendingCounters pending)
    {
        _pending.Add(rule, pending);
        return rule;
    }

    /// <summary>Gives the rules of a tool their counters.</summary>
    public ToolRules Link(ToolRules tool) => tool with { Rules = [.. tool.Rules.Select(Link)] };

    private Rule Link(Rule rule)
    {
        if (!_pending.TryGetValue(rule, out var pending))
        {
            return rule;
        }

        var known = pending.Conditions.Where(IsKnown).ToLookup(condition => _definitions[condition.Path]);
        List<RuleCounter> counters = [.. known.Where(group => group.Key != pending.State?.Counter).Select(group => Use(group.Key, null, group))];
        if (pending.State is { } state)
        {
            counters.Add(Use(state.Counter, state.Increment, known[state.Counter]));
        }

        return rule with { Counters = counters };
    }

    private bool IsKnown(CounterCondition condition)
    {
        if (_definitions.ContainsKey(condition.Path))
        {
            return true;
        }

        errors.Add(condition.Node, condition.Key, $"no rule has a state block that defines state.{condition.Path}.");
        return false;
    }

    private static RuleCounter Use(CounterDefinition counter, Increment? increment, IEnumerable<CounterCondition> conditions)
    {
        var all = conditions.ToList();
        return new(counter, increment, [.. all.Select(one => one.Check)], [.. all.Select(one => one.Text)]);
    }
}
