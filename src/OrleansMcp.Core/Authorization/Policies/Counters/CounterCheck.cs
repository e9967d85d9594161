namespace OrleansMcp.Authorization.Policies.Counters;

/// <summary>How a counter is compared.</summary>
public enum CounterOperator
{
    /// <summary>With the call counted, below the value: <c>lt</c>.</summary>
    Below,

    /// <summary>With the call counted, at most the value: <c>lte</c>.</summary>
    AtMost,

    /// <summary>Before the call, above the value: <c>gt</c>.</summary>
    Above,

    /// <summary>Before the call, at least the value: <c>gte</c>.</summary>
    AtLeast,

    /// <summary>Before the call, one of the values: <c>eq</c> and <c>in</c>.</summary>
    AnyOf,

    /// <summary>Before the call, none of the values: <c>neq</c> and <c>not_in</c>.</summary>
    NoneOf,
}

/// <summary>What a counter must satisfy for a call to be admitted.</summary>
/// <param name="Operator">How it is compared.</param>
/// <param name="Values">With what; one value but for <see cref="CounterOperator.AnyOf"/> and <see cref="CounterOperator.NoneOf"/>.</param>
public sealed record CounterCheck(CounterOperator Operator, IReadOnlyList<decimal> Values)
{
    /// <summary>Whether a counter that would change from <paramref name="before"/> to <paramref name="after"/> satisfies the check.</summary>
    internal bool Holds(decimal before, decimal after) => Operator switch
    {
        CounterOperator.Below => after < Values[0],
        CounterOperator.AtMost => after <= Values[0],
        CounterOperator.Above => before > Values[0],
        CounterOperator.AtLeast => before >= Values[0],
        CounterOperator.AnyOf => Values.Contains(before),
        _ => !Values.Contains(before),
    };
}
