using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using OrleansMcp.Protocol;
using OrleansMcp.Re2;

namespace OrleansMcp.Records.Schemas;

/// <summary>Keywords about the value itself, about numbers and about texts.</summary>
internal sealed partial class SchemaReader
{
    private const int PatternLength = 512;
    private const int MostPatterns = 32;
    private const int MostSteps = 10_000; // held as long as the namespace is, like the states below
    private const int PatternStateBytes = 8 * 1024;

    private static readonly string[] s_types = ["null", "boolean", "object", "array", "number", "string", "integer"];

    private int _patterns;
    private int _steps;

    private bool TryReadValue(SchemaNode node, JsonProperty keyword, string at)
    {
        var json = keyword.Value;
        SchemaRule? rule = keyword.Name switch
        {
            "type" => TypeRule(json, at),
            "enum" => EnumRule([.. Items(json, at)]),
            "const" => (value, run) => IsSame(json, value, run) || run.Fail("it is not the value that must be here"),
            "minimum" => Compared(Number(json, at), static order => order >= 0, "it is smaller than the minimum"),
            "maximum" => Compared(Number(json, at), static order => order <= 0, "it is larger than the maximum"),
            "exclusiveMinimum" => Compared(Number(json, at), static order => order > 0, "it is not larger than the exclusive minimum"),
            "exclusiveMaximum" => Compared(Number(json, at), static order => order < 0, "it is not smaller than the exclusive maximum"),
            "multipleOf" => MultipleRule(Number(json, at), at),
            _ => null,
        };
        return TryAdd(node, rule);
    }

    private bool TryReadText(SchemaNode node, JsonProperty keyword, string at)
    {
        var json = keyword.Value;
        SchemaRule? rule = keyword.Name switch
        {
            "minLength" => LengthRule(Count(json, at), static (length, bound) => length >= bound, "it is shorter than"),
            "maxLength" => LengthRule(Count(json, at), static (length, bound) => length <= bound, "it is longer than"),
            "pattern" => PatternRule(Pattern(Text(json, at), at)),
            _ => null,
        };
        return TryAdd(node, rule);
    }

    private static bool TryAdd(SchemaNode node, SchemaRule? rule)
    {
        if (rule is null)
        {
            return false;
        }

        node.Add(rule);
        return true;
    }

    private static SchemaRule TypeRule(JsonElement json, string at)
    {
        HashSet<string> types = json.ValueKind == JsonValueKind.Array ? Names(json, at) : [Text(json, at)];
        if (types.Count == 0 || types.FirstOrDefault(type => !s_types.Contains(type, StringComparer.Ordinal)) is { })
        {
            throw new RecordSchemaException(at, $"a type is one of {string.Join(", ", s_types)}");
        }

        var problem = $"it is not of type {string.Join(" or ", types.Order(StringComparer.Ordinal))}";
        return (value, run) => types.Contains(TypeOf(value)) || (value.ValueKind == JsonValueKind.Number && types.Contains("integer") && IsWhole(value)) || run.Fail(problem);
    }

    private static SchemaRule EnumRule(JsonElement[] allowed) => (value, run) => Array.Exists(allowed, one => IsSame(one, value, run)) || run.Fail("it is none of the values that may be here");

    private static bool IsSame(JsonElement one, JsonElement value, SchemaRun run)
    {
        run.SpendOn(one.ValueKind == value.ValueKind ? value.GetRawText().Length : 0);
        return JsonElement.DeepEquals(one, value);
    }

    private static SchemaRule Compared(JsonElement bound, Func<int, bool> holds, string problem) =>
        (value, run) => value.ValueKind != JsonValueKind.Number || holds(Compare(value, bound)) || run.Fail(problem);

    private static SchemaRule MultipleRule(JsonElement unit, string at)
    {
        if (unit.GetDouble() <= 0)
        {
            throw new RecordSchemaException(at, "a number above 0 belongs here");
        }

        return (value, run) => value.ValueKind != JsonValueKind.Number || IsMultiple(value, unit) || run.Fail("it is no multiple of what it must be a multiple of");
    }

    private static SchemaRule LengthRule(int bound, Func<int, int, bool> holds, string problem)
    {
        var told = string.Create(CultureInfo.InvariantCulture, $"{problem} {bound} characters");
        return (value, run) => value.ValueKind != JsonValueKind.String || holds(Characters(value, run), bound) || run.Fail(told);
    }

    private static int Characters(JsonElement text, SchemaRun run)
    {
        var characters = text.GetString()!;
        run.SpendOn(characters.Length);
        return characters.Length - characters.Count(char.IsLowSurrogate); // of Unicode, not of UTF-16
    }

    private static SchemaRule PatternRule(RegularExpression pattern) => (value, run) => value.ValueKind != JsonValueKind.String || Matches(pattern, value.GetString()!, run) || run.Fail("it does not match the pattern");

    private static bool Matches(RegularExpression pattern, string text, SchemaRun run)
    {
        run.SpendOn(text.Length * Math.Max(4, pattern.Size / 16)); // Most characters cost one step of an automaton, and the worst as many as the expression has.
        return pattern.IsMatch(text);
    }

    /// <summary>Only what is matched in linear time: no look-around and no back reference. Classes such as <c>\d</c> are ASCII, as in ECMA-262.</summary>
    private RegularExpression Pattern(string text, string at)
    {
        if (text.Length > PatternLength || ++_patterns > MostPatterns)
        {
            throw new RecordSchemaException(at, $"a pattern has {PatternLength} characters at most, and a schema {MostPatterns} patterns");
        }

        try
        {
            var pattern = RegularExpression.Parse(text, PatternStateBytes);
            _steps += pattern.Size;
            return _steps <= MostSteps ? pattern
                : throw new RecordSchemaException(at, $"the patterns of a schema have {MostSteps} steps at most, all together");
        }
        catch (RegularExpressionException e)
        {
            throw new RecordSchemaException(at, $"this pattern is none that is matched in linear time: {e.Reason}");
        }
    }

    private static string TypeOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "object",
        JsonValueKind.Array => "array",
        JsonValueKind.String => "string",
        JsonValueKind.Number => "number",
        JsonValueKind.True or JsonValueKind.False => "boolean",
        _ => "null",
    };

    private static bool IsWhole(JsonElement number) => WholeNumbers.IsWhole(JsonMarshal.GetRawUtf8Value(number));

    private static JsonElement Number(JsonElement json, string place) =>
        json.ValueKind == JsonValueKind.Number ? json : throw new RecordSchemaException(place, "a number belongs here");

    private static int Compare(JsonElement one, JsonElement other) =>
        one.TryGetDecimal(out var left) && other.TryGetDecimal(out var right) ? left.CompareTo(right) : one.GetDouble().CompareTo(other.GetDouble());

    private static bool IsMultiple(JsonElement value, JsonElement unit)
    {
        if (value.TryGetDecimal(out var number) && unit.TryGetDecimal(out var step) && step > 0)
        {
            return number % step == 0;
        }

        var times = value.GetDouble() / unit.GetDouble();
        return double.IsFinite(times) && times == Math.Floor(times);
    }
}
