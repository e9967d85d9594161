using OrleansMcp.Authorization.Policies.Counters;

namespace OrleansMcp.Authorization.Policies;

/// <summary>A rule as it applies to one client: its counters have names.</summary>
internal sealed class BoundRule
{
    public BoundRule(Policy policy, Rule rule, PolicySubject subject)
    {
        (Policy, Rule) = (policy, rule);
        Counters = [.. rule.Counters.Select(counter => new BoundCounter(policy, counter, subject))];
        Denial = new PolicyDenial(rule.Name, rule.OnDeny);
    }

    public Policy Policy { get; }

    public Rule Rule { get; }

    public BoundCounter[] Counters { get; }

    /// <summary>How it denies.</summary>
    public PolicyDenial Denial { get; }
}

/// <summary>A counter as a rule uses it for one client.</summary>
internal sealed class BoundCounter
{
    private readonly string _name;
    private readonly CounterClaim? _fixed;

    public BoundCounter(Policy policy, RuleCounter use, PolicySubject subject)
    {
        Use = use;

        // The window is part of the name: a counter whose window was changed in the file begins anew.
        var name = $"{policy.Name}|{use.Counter.Path}|{use.Counter.Window}";
        _name = use.Counter.Share == CounterShare.Client ? $"client|{subject.Client}|{name}" : $"all|{name}";
        _fixed = use.Increment is null ? new(_name, use.Counter.Window, 0, use.Checks)
            : use.Increment.From is null ? new(_name, use.Counter.Window, use.Increment.Fixed, use.Checks)
            : null;
    }

    public RuleCounter Use { get; }

    /// <summary>Whether the session keeps it by itself.</summary>
    public bool IsLocal => Use.Counter.Share == CounterShare.Session;

    /// <summary>What a call claims of it, or why it has no amount.</summary>
    public CounterClaim? Claim(Arguments.CallArguments arguments, out string? problem)
    {
        problem = null;
        if (_fixed is not null)
        {
            return _fixed;
        }

        problem = Use.Increment!.ProblemIn(arguments, out var amount);
        return problem is null ? new CounterClaim(_name, Use.Counter.Window, amount, Use.Checks) : null;
    }
}
