using OrleansMcp.Re2.Characters;

namespace OrleansMcp.Re2.Syntax;

/// <summary>What a backslash begins.</summary>
internal sealed partial class Parser
{
    private const string InvalidRange = "invalid character class range";

    private void ReadEscape()
    {
        switch (_at + 1 < _text.Length ? _text[_at + 1] : None)
        {
            case 'A':
                AddAssertion(Assertion.TextBegins);
                break;
            case 'z':
                AddAssertion(Assertion.TextEnds);
                break;
            case 'b':
                AddAssertion(Assertion.WordBoundary);
                break;
            case 'B':
                AddAssertion(Assertion.NoWordBoundary);
                break;
            case 'Q':
                ReadQuotation();
                break;
            default:
                if (TryReadSet() is { } set)
                {
                    Parts.Add(new CharacterNode(set));
                }
                else
                {
                    AddLiteral(ReadEscapedCharacter());
                }

                break;
        }
    }

    private void AddAssertion(Assertion assertion)
    {
        _at += 2;
        Parts.Add(new AssertionNode(assertion));
    }

    /// <summary><c>\Q...\E</c>: everything up to there, or to the end, stands for itself.</summary>
    private void ReadQuotation()
    {
        _at += 2;
        while (!IsAtEnd)
        {
            if (_text.AsSpan(_at) is ['\\', 'E', ..])
            {
                _at += 2;
                return;
            }

            AddLiteral(_text[_at++]);
        }
    }

    /// <summary>A class that a backslash begins: <c>\d</c> and its like, <c>\pN</c>, <c>\p{Greek}</c>. Null when another thing stands here.</summary>
    private CodePointSet? TryReadSet()
    {
        if (_text.AsSpan(_at) is not ['\\', var letter, ..])
        {
            return null;
        }

        if (letter is 'p' or 'P')
        {
            return ReadProperty();
        }

        if (letter >= 0x80 || NamedSets.Perl((char)letter, out var isNegated) is not { } set)
        {
            return null;
        }

        _at += 2;
        return Signed(Folded(set), isNegated);
    }

    private CodePointSet ReadProperty()
    {
        var start = _at;
        var isNegated = _text[_at + 1] == 'P';
        _at += 2;
        var inBraces = Next == '{';
        var nameStart = _at + (inBraces ? 1 : 0);
        var nameEnd = inBraces ? Array.IndexOf(_text, '}', nameStart) : Math.Min(nameStart + 1, _text.Length);
        if (nameEnd < 0)
        {
            throw Error(InvalidRange, start);
        }

        _at = nameEnd + (inBraces ? 1 : 0);
        if (nameStart < nameEnd && _text[nameStart] == '^')
        {
            isNegated = !isNegated;
            nameStart++;
        }

        return UnicodeProperties.Find(Text(nameStart, nameEnd)) is { } set
            ? Signed(Folded(set), isNegated)
            : throw Error(InvalidRange, start, _at);
    }

    private static CodePointSet Signed(CodePointSet set, bool isNegated) => isNegated ? set.Complement() : set;

    /// <summary>A backslash and what stands for one character.</summary>
    private int ReadEscapedCharacter()
    {
        var start = _at++;
        if (IsAtEnd)
        {
            throw new RegularExpressionException("trailing backslash at end of expression", "");
        }

        var escaped = _text[_at++];
        var character = escaped switch
        {
            'a' => 0x7,
            'f' => '\f',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'v' => 0xB,
            'x' => ReadHexadecimal(),
            '0' => ReadOctal(0),
            >= '1' and <= '7' when Next is >= '0' and <= '7' => ReadOctal(escaped - '0'), // one digit would be a back reference
            < 0x80 when !char.IsAsciiLetterOrDigit((char)escaped) => escaped,
            _ => None,
        };
        return character != None ? character : throw Error("invalid escape sequence", start, _at);
    }

    /// <summary>Up to two more octal digits.</summary>
    private int ReadOctal(int value)
    {
        for (var more = 0; more < 2 && Next is >= '0' and <= '7'; more++)
        {
            value = (value * 8) + _text[_at++] - '0';
        }

        return value;
    }

    /// <summary>Two digits, or any number of them in braces.</summary>
    private int ReadHexadecimal()
    {
        if (Next != '{')
        {
            var high = ReadDigit();
            var low = ReadDigit();
            return high == None || low == None ? None : (high * 16) + low;
        }

        var first = ++_at;
        var value = 0;
        while (Next != '}')
        {
            var digit = ReadDigit();
            value = (value * 16) + digit;
            if (digit == None || value > CodePointSet.Largest)
            {
                return None;
            }
        }

        return _at++ == first ? None : value;
    }

    private int ReadDigit()
    {
        if (IsAtEnd)
        {
            return None;
        }

        var digit = _text[_at++];
        return digit < 0x80 && char.IsAsciiHexDigit((char)digit) ? Convert.ToInt32(((char)digit).ToString(), 16) : None;
    }
}
