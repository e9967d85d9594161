using OrleansMcp.Authorization.Policies.Arguments;
using OrleansMcp.Authorization.Policies.Conditions;
using OrleansMcp.Authorization.Policies.Counters;

namespace OrleansMcp.Authorization.Policies;

/// <summary>What the policies say about one client's calls of one tool.</summary>
/// <param name="ban">Why the tool is out of reach, or null.</param>
/// <param name="rules">The rules, in the order of judgement.</param>
internal sealed class ToolPolicy(PolicyDenial? ban, BoundRule[] rules)
{
    private readonly int _claims = rules.Sum(rule => rule.Counters.Length);

    public PolicyDenial? Ban => ban;

    public IReadOnlyList<BoundRule> Rules => rules;

    /// <summary>
    /// Judges the arguments of a call. When nothing is against it, <paramref name="claims"/> is what has to be reserved before it runs, or
    /// null when it is nothing.
    /// </summary>
    public PolicyDenial? Judge(CallArguments arguments, out List<RuleClaim>? claims)
    {
        claims = null;
        if (ban is not null)
        {
            return ban;
        }

        foreach (var rule in rules)
        {
            if (rule.Rule.Denies || !Holds(rule.Rule, arguments))
            {
                return rule.Denial;
            }
        }

        return _claims == 0 ? null : Claim(arguments, claims = new List<RuleClaim>(_claims));
    }

    private static bool Holds(Rule rule, CallArguments arguments)
    {
        foreach (var condition in rule.Conditions)
        {
            if (condition.Test(arguments, out _) != Finding.Holds)
            {
                return false;
            }
        }

        return true;
    }

    private PolicyDenial? Claim(CallArguments arguments, List<RuleClaim> claims)
    {
        foreach (var rule in rules)
        {
            foreach (var counter in rule.Counters)
            {
                if (counter.Claim(arguments, out var problem) is not { } claim)
                {
                    return rule.Denial with { Message = $"Denied by rule '{rule.Rule.Name}': {problem}." };
                }

                claims.Add(new RuleClaim(rule, counter, claim));
            }
        }

        return null;
    }
}

/// <summary>What a call claims of a counter, and the rule that demands it.</summary>
internal readonly record struct RuleClaim(BoundRule Rule, BoundCounter Counter, CounterClaim Claim);
