using OrleansMcp.Authorization.Policies.Conditions;
using OrleansMcp.Authorization.Policies.Counters;

namespace OrleansMcp.Authorization.Policies;

/// <summary>One rule of a policy. It lets a call pass if all its conditions hold; a rule that denies lets nothing pass.</summary>
internal sealed record Rule
{
    public required string Name { get; init; }

    public required PolicyScope Scope { get; init; }

    public bool Denies { get; init; }

    /// <summary>Which tools it is not about.</summary>
    public RuleExemptions Exempt { get; init; }

    public Condition[] Conditions { get; init; } = [];

    /// <summary>The counters it looks at or adds to.</summary>
    public IReadOnlyList<RuleCounter> Counters { get; init; } = [];

    /// <summary>What a denied caller is told.</summary>
    public required string OnDeny { get; init; }
}

/// <summary>Tools that a rule is not about, whatever their names.</summary>
[Flags]
internal enum RuleExemptions
{
    None = 0,

    /// <summary>Those that are declared to change nothing, by the host or by a server that is trusted.</summary>
    ReadOnly = 1,

    /// <summary>Those of servers that are not trusted.</summary>
    Untrusted = 2,
}

/// <summary>Who shares a counter.</summary>
internal enum CounterShare
{
    Session,

    /// <summary>All sessions of a client: what a rule means that names nobody.</summary>
    Client,
    Tenant,
}

/// <summary>A counter that a rule defines. Counters of two policies are never the same.</summary>
/// <param name="Path">How conditions call it, without <c>state.</c>: the tool, or <c>_global</c>, and its name.</param>
/// <param name="Window">Its window.</param>
/// <param name="Share">Who shares it.</param>
internal sealed record CounterDefinition(string Path, CounterWindow Window, CounterShare Share);

/// <summary>What a rule does with a counter.</summary>
/// <param name="Counter">The counter.</param>
/// <param name="Increment">What a call adds; null when the rule only looks.</param>
/// <param name="Checks">What must hold of it.</param>
/// <param name="Texts">The conditions in the words of the policy.</param>
internal sealed record RuleCounter(CounterDefinition Counter, Increment? Increment, IReadOnlyList<CounterCheck> Checks, IReadOnlyList<string> Texts);
