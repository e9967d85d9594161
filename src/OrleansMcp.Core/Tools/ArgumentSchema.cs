using System.Runtime.InteropServices;
using System.Text.Json;
using OrleansMcp.Protocol;

namespace OrleansMcp.Tools;

/// <summary>
/// Checks the outermost arguments against a tool's input schema before the tool runs, so that a model reads what was wrong instead of
/// that something was. Nested values are checked when they are bound to the tool's types.
/// </summary>
internal sealed class ArgumentSchema
{
    private readonly Dictionary<string, HashSet<string>?> _types = new(StringComparer.Ordinal); // of each argument; null: any
    private readonly List<string> _required = [];
    private readonly bool _hasIntegers; // at any depth

    public ArgumentSchema(JsonElement schema)
    {
        _hasIntegers = schema.ValueKind == JsonValueKind.Object && JsonMarshal.GetRawUtf8Value(schema).IndexOf("\"integer\""u8) >= 0;
        if (schema.ValueKind != JsonValueKind.Object)
        {
            return;
        }

        if (schema.TryGetProperty("required", out var required) && required.ValueKind == JsonValueKind.Array)
        {
            _required.AddRange(required.EnumerateArray().Where(name => name.ValueKind == JsonValueKind.String).Select(name => name.GetString()!));
        }

        if (schema.TryGetProperty("properties", out var properties) && properties.ValueKind == JsonValueKind.Object)
        {
            foreach (var property in properties.EnumerateObject())
            {
                _types.Add(property.Name, TypesOf(property.Value));
            }
        }
    }

    /// <summary>What is wrong with <paramref name="arguments"/>, or null.</summary>
    public string? ProblemIn(JsonElement arguments)
    {
        if (arguments.ValueKind == JsonValueKind.Object && _types.Count > 0)
        {
            foreach (var argument in arguments.EnumerateObject())
            {
                if (ProblemIn(argument) is { } problem)
                {
                    return problem;
                }
            }
        }

        foreach (var name in _required)
        {
            if (arguments.ValueKind != JsonValueKind.Object || !arguments.TryGetProperty(name, out _))
            {
                return $"Missing required argument '{name}'.";
            }
        }

        return null;
    }

    private string? ProblemIn(JsonProperty argument)
    {
        var name = argument.Name;
        return !_types.TryGetValue(name, out var types) ? OtherSpelling(name, _types.Keys)
            : types?.Any(type => Fits(argument.Value, type)) == false ? $"Argument '{name}' must be of type {string.Join(" or ", types)}."
            : null;
    }

    /// <summary>
    /// What is wrong with an argument that is not declared: one that is declared but for its case would be taken for it by some readers, and
    /// be left out by others. Others pass.
    /// </summary>
    public static string? OtherSpelling(string name, IEnumerable<string> declared)
    {
        foreach (var one in declared)
        {
            if (one.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return $"Argument '{name}' must be spelt '{one}'.";
            }
        }

        return null;
    }

    /// <summary>The arguments with whole numbers spelt as integers, for a tool that takes any.</summary>
    public JsonElement Normalise(JsonElement arguments) => _hasIntegers ? WholeNumbers.Normalise(arguments) : arguments;

    private static HashSet<string>? TypesOf(JsonElement schema)
    {
        if (schema.ValueKind != JsonValueKind.Object || !schema.TryGetProperty("type", out var type))
        {
            return null;
        }

        return type.ValueKind switch
        {
            JsonValueKind.String => [type.GetString()!],
            JsonValueKind.Array => [.. type.EnumerateArray().Where(one => one.ValueKind == JsonValueKind.String).Select(one => one.GetString()!)],
            _ => null,
        };
    }

    private static bool Fits(JsonElement value, string type) => type switch
    {
        "string" => value.ValueKind == JsonValueKind.String,
        "integer" => value.ValueKind == JsonValueKind.Number && WholeNumbers.IsWhole(JsonMarshal.GetRawUtf8Value(value)),
        "number" => value.ValueKind == JsonValueKind.Number,
        "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        "object" => value.ValueKind == JsonValueKind.Object,
        "array" => value.ValueKind == JsonValueKind.Array,
        "null" => value.ValueKind == JsonValueKind.Null,
        _ => true,
    };
}
