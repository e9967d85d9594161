using System.Text.Json;
using OrleansMcp.Authorization.Policies.Arguments;

namespace OrleansMcp.Authorization.Policies.Conditions;

/// <summary>eq, neq.</summary>
internal sealed class EqualCondition(ValuePath path, Operand operand, bool wanted)
    : Condition(path, wanted ? "eq" : "neq", operand.Shown)
{
    protected override Finding Test(JsonElement value) => operand.Equal(value) switch
    {
        Finding.Holds => Of(wanted),
        Finding.Fails => Of(!wanted),
        var other => other,
    };
}

/// <summary>in, not_in.</summary>
internal sealed class MemberCondition(ValuePath path, Operand[] operands, bool wanted)
    : Condition(path, wanted ? "in" : "not_in", $"[{string.Join(", ", operands.Select(one => one.Shown))}]")
{
    protected override Finding Test(JsonElement value)
    {
        var comparable = operands.Length == 0;
        foreach (var operand in operands)
        {
            switch (operand.Equal(value))
            {
                case Finding.Holds:
                    return Of(wanted);
                case Finding.Fails:
                    comparable = true;
                    break;
                case Finding.NotComparable:
                    return Finding.NotComparable;
            }
        }

        return comparable ? Of(!wanted) : Finding.WrongType;
    }
}

/// <summary>lt, lte, gt, gte.</summary>
internal sealed class OrderCondition(ValuePath path, string operation, Operand operand, Func<int, bool> holds)
    : Condition(path, operation, operand.Shown)
{
    protected override Finding Test(JsonElement value) =>
        operand.Compare(value, out var order) is var finding && finding == Finding.Holds ? Of(holds(order)) : finding;
}

/// <summary>contains, not_contains: a text in a text, or an element of a list.</summary>
internal sealed class ContainsCondition(ValuePath path, Operand operand, bool wanted) : Condition(path, wanted ? "contains" : "not_contains", operand.Shown)
{
    private readonly string? _text = operand.IsText ? System.Text.Encoding.UTF8.GetString(operand.Utf8) : null;

    protected override Finding Test(JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.String)
        {
            return _text is null ? Finding.WrongType : Of(value.GetString()!.Contains(_text, StringComparison.Ordinal) == wanted);
        }

        if (value.ValueKind != JsonValueKind.Array)
        {
            return Finding.WrongType;
        }

        foreach (var item in value.EnumerateArray())
        {
            if (operand.Equal(item) == Finding.Holds)
            {
                return Of(wanted);
            }
        }

        return Of(!wanted);
    }

    protected override Finding TestNothing() => Path.IsListOfSession ? Of(!wanted) : base.TestNothing();
}

/// <summary>exists: whether something other than null is there.</summary>
internal sealed class ExistsCondition(ValuePath path, bool wanted) : Condition(path, "exists", wanted ? "true" : "false")
{
    protected override Finding Test(JsonElement value) => Of((value.ValueKind != JsonValueKind.Null) == wanted);

    protected override Finding TestNothing() => Of(!wanted);
}

/// <summary>regex. Matched in time linear in the text, and on texts of bounded length only.</summary>
internal sealed class RegexCondition(ValuePath path, Pattern pattern) : Condition(path, "regex", pattern.Shown)
{
    protected override Finding Test(JsonElement value) =>
        value.ValueKind == JsonValueKind.String ? pattern.Test(value.GetString()!) : Finding.WrongType;
}
