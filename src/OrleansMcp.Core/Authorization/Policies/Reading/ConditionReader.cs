using System.Globalization;
using OrleansMcp.Authorization.Policies.Arguments;
using OrleansMcp.Authorization.Policies.Conditions;
using OrleansMcp.Authorization.Policies.Counters;
using OrleansMcp.Configuration;
using OrleansMcp.Configuration.Names;
using OrleansMcp.Re2;
using YamlDotNet.RepresentationModel;

namespace OrleansMcp.Authorization.Policies.Reading;

/// <summary>Reads conditions.</summary>
internal sealed class ConditionReader(YamlErrors errors)
{
    private const string StatePrefix = "state.";
    private const string PathKey = "path";
    private const string OperatorKey = "op";
    private const string ValueKey = "value";

    private static readonly string[] s_operators = ["eq", "neq", "in", "not_in", "lt", "lte", "gt", "gte", "regex", "contains", "not_contains", "exists"];

    private readonly OperandReader _operands = new(errors);

    /// <summary>A condition on an argument; null when it is one on a counter, or is misread.</summary>
    public Condition? Read(YamlSection section)
    {
        section.Any(ValueKey);
        var text = section.Required(PathKey)?.Value;
        section.Required(OperatorKey);
        var operation = section.Text(OperatorKey, s_operators.Contains, $"must be one of {string.Join(", ", s_operators)}.");
        if (text is null || text.StartsWith(StatePrefix, StringComparison.Ordinal))
        {
            return null;
        }

        if (PathOf(text) is not { } path)
        {
            errors.Add(section.Any(PathKey)!, section.PathOf(PathKey), text.StartsWith(SessionPath.Prefix, StringComparison.Ordinal)
                ? $"must be one of {string.Join(", ", SessionPath.All)}. {NearestName.Hint(text, SessionPath.All)}"
                : "must begin with args. or state. and name every key on the way, or be one of " + string.Join(", ", SessionPath.All) + ".");
            return null;
        }

        return operation is null ? null : Of(section, path, operation);
    }

    private static ValuePath? PathOf(string text) => (ValuePath?)ArgumentPath.Parse(text) ?? SessionPath.Parse(text);

    /// <summary>A condition on a counter; null when it is none, or is misread.</summary>
    public CounterCondition? ReadCounter(YamlSection section)
    {
        if (section.Scalar(PathKey)?.Value is not { } path || !path.StartsWith(StatePrefix, StringComparison.Ordinal)
            || section.Scalar(OperatorKey)?.Value is not { } operation || !s_operators.Contains(operation))
        {
            return null;
        }

        var name = path[StatePrefix.Length..];
        if (operation == "exists")
        {
            return ExistsCounter(section, name, path);
        }

        CounterOperator? compared = operation switch
        {
            "lt" => CounterOperator.Below,
            "lte" => CounterOperator.AtMost,
            "gt" => CounterOperator.Above,
            "gte" => CounterOperator.AtLeast,
            "eq" or "in" => CounterOperator.AnyOf,
            "neq" or "not_in" => CounterOperator.NoneOf,
            _ => null,
        };
        if (compared is null)
        {
            errors.Add(section.Any(OperatorKey)!, section.PathOf(OperatorKey), "a counter is a number: regex, contains and not_contains do not apply.");
            return null;
        }

        Operand[]? operands = operation is "in" or "not_in" ? _operands.List(section, ValueKey) : _operands.Single(section, ValueKey) is { } one ? [one] : null;
        return operands is null ? null : Counter(section, name, path, operation, compared.Value, operands);
    }

    private CounterCondition? Counter(
        YamlSection section, string name, string path, string operation, CounterOperator compared, Operand[] operands)
    {
        List<decimal> values = [];
        foreach (var operand in operands)
        {
            if (!operand.IsNumber || !decimal.TryParse(operand.Utf8, NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
                || Math.Abs(value) > CounterLimits.MaxTotal || decimal.Round(value, CounterLimits.DecimalPlaces) != value)
            {
                errors.Add(section.Any(ValueKey)!, section.PathOf(ValueKey),
                    $"a counter is compared with numbers up to {CounterLimits.MaxTotal} and {CounterLimits.DecimalPlaces} decimal places.");
                return null;
            }

            values.Add(value);
        }

        var shown = string.Join(", ", operands.Select(operand => operand.Shown));
        return new(section.Node, section.PathOf(PathKey), name, new CounterCheck(compared, values), $"{path} {operation} {shown}");
    }

    /// <summary>A counter is always there.</summary>
    private CounterCondition? ExistsCounter(YamlSection section, string name, string path) => Flag(section) is { } wanted
        ? new(section.Node, section.PathOf(PathKey), name, new CounterCheck(wanted ? CounterOperator.NoneOf : CounterOperator.AnyOf, []), $"{path} exists {wanted}")
        : null;

    private Condition? Of(YamlSection section, ValuePath path, string operation)
    {
        switch (operation)
        {
            case "eq" or "neq":
                return _operands.Single(section, ValueKey) is { } operand ? new EqualCondition(path, operand, operation == "eq") : null;
            case "in" or "not_in":
                return _operands.List(section, ValueKey) is { } operands ? new MemberCondition(path, operands, operation == "in") : null;
            case "contains" or "not_contains":
                return _operands.Single(section, ValueKey) is { } part ? ContainsOf(section, path, part, operation == "contains") : null;
            case "exists":
                return Flag(section) is { } wanted ? new ExistsCondition(path, wanted) : null;
            case "regex":
                return ReadPattern(section) is { } pattern ? new RegexCondition(path, pattern) : null;
            default:
                return ReadOrder(section, path, operation);
        }
    }

    /// <summary>What a session has asked is a list of servers: one that there is not would never be in it.</summary>
    private ContainsCondition ContainsOf(YamlSection section, ValuePath path, Operand part, bool wanted)
    {
        if (path.IsListOfSession && part.IsText)
        {
            errors.Name(NameKind.Server, section.Any(ValueKey)!, section.PathOf(ValueKey), System.Text.Encoding.UTF8.GetString(part.Utf8), mayBePattern: false);
        }

        return new ContainsCondition(path, part, wanted);
    }

    private OrderCondition? ReadOrder(YamlSection section, ValuePath path, string operation)
    {
        if (_operands.Single(section, ValueKey) is not { } operand)
        {
            return null;
        }

        if (!operand.IsNumber)
        {
            errors.Add(section.Any(ValueKey)!, section.PathOf(ValueKey), $"{operation} compares with a number.");
            return null;
        }

        return new OrderCondition(path, operation, operand, operation switch
        {
            "lt" => static order => order < 0,
            "lte" => static order => order <= 0,
            "gt" => static order => order > 0,
            _ => static order => order >= 0,
        });
    }

    private Pattern? ReadPattern(YamlSection section)
    {
        if (_operands.Single(section, ValueKey) is not { } operand)
        {
            return null;
        }

        if (!operand.IsText)
        {
            errors.Add(section.Any(ValueKey)!, section.PathOf(ValueKey), "regex takes a text.");
            return null;
        }

        try
        {
            return Pattern.Parse(System.Text.Encoding.UTF8.GetString(operand.Utf8));
        }
        catch (RegularExpressionException e)
        {
            errors.Add(section.Any(ValueKey)!, section.PathOf(ValueKey), $"is no regular expression of RE2: {e.Message}.");
            return null;
        }
    }

    private bool? Flag(YamlSection section)
    {
        if (_operands.Single(section, ValueKey) is not { } operand)
        {
            return null;
        }

        if (operand.Flag is null)
        {
            errors.Add(section.Any(ValueKey)!, section.PathOf(ValueKey), "exists takes true or false.");
        }

        return operand.Flag;
    }
}
