using System.Collections.Concurrent;

namespace OrleansMcp.Authorization.Policies;

/// <summary>The policies of one configuration. A call runs if every policy that covers it lets it pass.</summary>
public sealed class PolicySet
{
    private readonly ConcurrentDictionary<PolicySubject, CallerPolicy> _callers = new();

    internal PolicySet(IReadOnlyList<Policy> policies) => Policies = policies;

    /// <summary>No policy: every call may run.</summary>
    public static PolicySet None { get; } = new([]);

    /// <summary>How many there are.</summary>
    public int Count => Policies.Count;

    internal IReadOnlyList<Policy> Policies { get; }

    /// <summary>What holds for a caller, worked out once; callers are registered clients, so there are not too many.</summary>
    internal CallerPolicy For(PolicySubject subject) =>
        _callers.GetOrAdd(subject, static (subject, self) => new CallerPolicy(self, subject), this);
}
