namespace OrleansMcp.Authorization.Policies.Arguments;

/// <summary>
/// A JSON number as it is written, compared by value without rounding: 1e2 is 100, 1.0 is 1, and two huge numbers that differ in their last
/// digit differ. Exponents of more than nine digits are not parsed: a condition finds such a number not comparable.
/// </summary>
internal readonly ref struct ExactNumber
{
    private const int MaxExponentDigits = 9;

    private readonly ReadOnlySpan<byte> _whole;
    private readonly ReadOnlySpan<byte> _fraction;
    private readonly int _first; // of the digits that count
    private readonly long _point; // the value is 0.DIGITS times ten to this

    private ExactNumber(bool negative, ReadOnlySpan<byte> whole, ReadOnlySpan<byte> fraction, int exponent)
    {
        _whole = whole;
        _fraction = fraction;
        var length = whole.Length + fraction.Length;
        while (_first < length && Digit(_first) == '0')
        {
            _first++;
        }

        var last = length;
        while (last > _first && Digit(last - 1) == '0')
        {
            last--;
        }

        Digits = last - _first;
        Sign = Digits == 0 ? 0 : negative ? -1 : 1;
        _point = (long)exponent + whole.Length - _first;
    }

    /// <summary>-1, 0 or 1.</summary>
    public int Sign { get; }

    /// <summary>Digits between the first and the last that are not zero.</summary>
    public int Digits { get; }

    /// <summary>Digits before the decimal point; zero or less for a value below one.</summary>
    public long WholeDigits => Sign == 0 ? 0 : _point;

    /// <summary>Digits after the decimal point that are needed.</summary>
    public long FractionDigits => Sign == 0 ? 0 : Math.Max(0, Digits - _point);

    /// <summary>Reads a number of the JSON grammar. False for anything else, and for an exponent out of all proportion.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out ExactNumber number)
    {
        number = default;
        var rest = text;
        var negative = rest.StartsWith("-"u8);
        rest = negative ? rest[1..] : rest;
        var whole = TakeDigits(ref rest);
        ReadOnlySpan<byte> fraction = default;
        if (rest.StartsWith("."u8))
        {
            rest = rest[1..];
            fraction = TakeDigits(ref rest);
            if (fraction.IsEmpty)
            {
                return false;
            }
        }

        if (whole.IsEmpty || !TryTakeExponent(ref rest, out var exponent) || !rest.IsEmpty)
        {
            return false;
        }

        number = new ExactNumber(negative, whole, fraction, exponent);
        return true;
    }

    /// <summary>Less than, equal to or greater than zero, as this number is less than, equal to or greater than the other.</summary>
    public int OrderBeside(ExactNumber other)
    {
        if (Sign != other.Sign || Sign == 0)
        {
            return Sign.CompareTo(other.Sign);
        }

        return Sign * (_point != other._point ? _point.CompareTo(other._point) : CompareDigits(other));
    }

    private int CompareDigits(ExactNumber other)
    {
        for (var i = 0; i < Math.Max(Digits, other.Digits); i++)
        {
            var difference = (i < Digits ? Digit(_first + i) : '0') - (i < other.Digits ? other.Digit(other._first + i) : '0');
            if (difference != 0)
            {
                return difference;
            }
        }

        return 0;
    }

    private byte Digit(int index) => index < _whole.Length ? _whole[index] : _fraction[index - _whole.Length];

    private static ReadOnlySpan<byte> TakeDigits(scoped ref ReadOnlySpan<byte> text)
    {
        var end = text.IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        var digits = end < 0 ? text : text[..end];
        text = text[digits.Length..];
        return digits;
    }

    private static bool TryTakeExponent(scoped ref ReadOnlySpan<byte> text, out int exponent)
    {
        exponent = 0;
        if (text.IsEmpty || text[0] is not ((byte)'e' or (byte)'E'))
        {
            return true;
        }

        text = text[1..];
        var negative = text.StartsWith("-"u8);
        text = negative || text.StartsWith("+"u8) ? text[1..] : text;
        var written = TakeDigits(ref text);
        var digits = written.TrimStart((byte)'0');
        if (written.IsEmpty || digits.Length > MaxExponentDigits)
        {
            return false;
        }

        foreach (var digit in digits)
        {
            exponent = (exponent * 10) + (digit - '0');
        }

        exponent = negative ? -exponent : exponent;
        return true;
    }
}
