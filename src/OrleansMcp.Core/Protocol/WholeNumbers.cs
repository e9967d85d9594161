using System.Buffers;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace OrleansMcp.Protocol;

/// <summary>
/// Whole numbers as JSON Schema knows them: <c>2.0</c> and <c>1e2</c> are integers (2020-12 validation, 6.1.1), though serializers that bind them to
/// an integer type refuse the spelling.
/// </summary>
internal static class WholeNumbers
{
    // A number of more digits fits no type, and a short one with a large exponent must not become a long one.
    private const int MostDigits = 40;

    /// <summary>Whether a number is whole, however it is spelt.</summary>
    public static bool IsWhole(ReadOnlySpan<byte> number) => Digits(number, out _, out _, out var zeros) && zeros >= 0;

    /// <summary>The value of a number, if it is whole and has 64 bits, however it is spelt.</summary>
    public static bool TryRead(JsonElement number, out long value)
    {
        value = 0;
        if (!Digits(JsonMarshal.GetRawUtf8Value(number), out var digits, out var isNegative, out var zeros)
            || zeros < 0 || digits.Length + zeros > MostDigits)
        {
            return false;
        }

        var spelt = new ArrayBufferWriter<byte>();
        Write(spelt, digits, isNegative, zeros);
        return long.TryParse(spelt.WrittenSpan, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value);
    }

    /// <summary>The same value with every whole number spelt without point and exponent; the value itself when there is nothing to change.</summary>
    public static JsonElement Normalise(JsonElement value)
    {
        if (value.ValueKind is not (JsonValueKind.Object or JsonValueKind.Array))
        {
            return value;
        }

        var utf8 = JsonMarshal.GetRawUtf8Value(value);
        var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = McpMessageParser.MaxDepth });
        ArrayBufferWriter<byte>? spelt = null;
        var copied = 0;
        while (reader.Read())
        {
            if (reader.TokenType != JsonTokenType.Number || !IsSpeltOtherwise(reader.ValueSpan) || !Digits(reader.ValueSpan, out var digits, out var isNegative, out var zeros)
                || zeros < 0 || digits.Length + zeros > MostDigits)
            {
                continue;
            }

            spelt ??= new ArrayBufferWriter<byte>(utf8.Length);
            var (begin, end) = ((int)reader.TokenStartIndex, (int)reader.TokenStartIndex + reader.ValueSpan.Length);
            spelt.Write(utf8[copied..begin]);
            Write(spelt, digits, isNegative, zeros);
            copied = end;
        }

        if (spelt is null)
        {
            return value;
        }

        spelt.Write(utf8[copied..]);
        var rewritten = new Utf8JsonReader(spelt.WrittenSpan, new JsonReaderOptions { MaxDepth = McpMessageParser.MaxDepth });
        return JsonElement.ParseValue(ref rewritten);
    }

    private static bool IsSpeltOtherwise(ReadOnlySpan<byte> number) => number.ContainsAny((byte)'.', (byte)'e', (byte)'E');

    /// <summary>Takes a number apart: the value is that of its digits, and of so many zeros behind them; negative: of so many digits less.</summary>
    private static bool Digits(ReadOnlySpan<byte> number, out ReadOnlySpan<byte> digits, out bool isNegative, out long zeros)
    {
        isNegative = number[0] == '-';
        var unsigned = isNegative ? number[1..] : number;
        var exponentAt = unsigned.IndexOfAny((byte)'e', (byte)'E');
        var mantissa = exponentAt < 0 ? unsigned : unsigned[..exponentAt];
        digits = default;
        zeros = 0;
        if (exponentAt >= 0 && !TryReadExponent(unsigned[(exponentAt + 1)..], out zeros))
        {
            return false;
        }

        var point = mantissa.IndexOf((byte)'.');
        Span<byte> all = new byte[mantissa.Length]; // No constant bounds the length of a number.
        var length = 0;
        foreach (var character in mantissa)
        {
            if (character != '.')
            {
                all[length++] = character;
            }
        }

        zeros -= point < 0 ? 0 : mantissa.Length - point - 1;
        while (length > 0 && zeros < 0 && all[length - 1] == '0')
        {
            (length, zeros) = (length - 1, zeros + 1);
        }

        digits = all[..length].TrimStart((byte)'0');
        zeros = digits.IsEmpty ? 0 : zeros; // 0.000 and 0e99 are 0.
        return true;
    }

    private static bool TryReadExponent(ReadOnlySpan<byte> text, out long exponent) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out exponent)
        && Math.Abs(exponent) < int.MaxValue;

    private static void Write(ArrayBufferWriter<byte> to, ReadOnlySpan<byte> digits, bool isNegative, long zeros)
    {
        if (isNegative)
        {
            to.Write("-"u8);
        }

        to.Write(digits.IsEmpty ? "0"u8 : digits);
        to.GetSpan((int)zeros)[..(int)zeros].Fill((byte)'0');
        to.Advance((int)zeros);
    }
}
