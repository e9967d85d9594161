using System.Text.Json;
using OrleansMcp.Authorization.Policies.Arguments;

namespace OrleansMcp.Authorization.Policies.Conditions;

/// <summary>A single value that a policy compares with. Types are never converted: the text "5" is not the number 5.</summary>
internal sealed class Operand
{
    private readonly JsonValueKind _kind;
    private readonly byte[] _utf8; // of a text: its characters; of a number: as JSON writes it

    private Operand(JsonValueKind kind, byte[] utf8, string shown) => (_kind, _utf8, Shown) = (kind, utf8, shown);

    public static Operand Null { get; } = new(JsonValueKind.Null, [], "null");

    public static Operand True { get; } = new(JsonValueKind.True, [], "true");

    public static Operand False { get; } = new(JsonValueKind.False, [], "false");

    /// <summary>For people.</summary>
    public string Shown { get; }

    public bool IsNumber => _kind == JsonValueKind.Number;

    public bool IsText => _kind == JsonValueKind.String;

    public bool? Flag => _kind switch { JsonValueKind.True => true, JsonValueKind.False => false, _ => null };

    /// <summary>The characters of a text, or the digits of a number.</summary>
    public ReadOnlySpan<byte> Utf8 => _utf8;

    public static Operand Text(string text) => new(JsonValueKind.String, System.Text.Encoding.UTF8.GetBytes(text), $"\"{text}\"");

    /// <summary>A number as JSON writes it; null when it is none that can be compared.</summary>
    public static Operand? Number(string json)
    {
        var utf8 = System.Text.Encoding.UTF8.GetBytes(json);
        return ExactNumber.TryParse(utf8, out _) ? new Operand(JsonValueKind.Number, utf8, json) : null;
    }

    /// <summary>Whether the value is this one; <see cref="Finding.WrongType"/> when it is of another type.</summary>
    public Finding Equal(JsonElement value)
    {
        switch (_kind)
        {
            case JsonValueKind.String when value.ValueKind == JsonValueKind.String:
                return value.ValueEquals(_utf8) ? Finding.Holds : Finding.Fails;
            case JsonValueKind.Number when value.ValueKind == JsonValueKind.Number:
                var finding = Compare(value, out var order);
                return finding != Finding.Holds ? finding : order == 0 ? Finding.Holds : Finding.Fails;
            case JsonValueKind.True or JsonValueKind.False when value.ValueKind is JsonValueKind.True or JsonValueKind.False:
                return value.ValueKind == _kind ? Finding.Holds : Finding.Fails;
            case JsonValueKind.Null when value.ValueKind == JsonValueKind.Null:
                return Finding.Holds;
            default:
                return Finding.WrongType;
        }
    }

    /// <summary>
    /// Compares a number with this one: less than, equal to or greater than zero. <paramref name="order"/> is valid only for
    /// <see cref="Finding.Holds"/>.
    /// </summary>
    public Finding Compare(JsonElement value, out int order)
    {
        order = 0;
        if (value.ValueKind != JsonValueKind.Number)
        {
            return Finding.WrongType;
        }

        if (!ExactNumber.TryParse(System.Runtime.InteropServices.JsonMarshal.GetRawUtf8Value(value), out var number)
            || !ExactNumber.TryParse(_utf8, out var mine))
        {
            return Finding.NotComparable;
        }

        order = number.OrderBeside(mine);
        return Finding.Holds;
    }
}
