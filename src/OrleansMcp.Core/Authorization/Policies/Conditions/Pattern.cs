using System.Text;
using System.Text.RegularExpressions;

namespace OrleansMcp.Authorization.Policies.Conditions;

/// <summary>
/// A regular expression of a policy, in the common ground of RE2 and .NET and with RE2's meaning: <c>$</c> is the end of the text and not
/// also the place before a last line feed; <c>\d</c>, <c>\w</c> and <c>\s</c> are ASCII. What .NET would read in another sense is refused.
/// </summary>
internal sealed class Pattern
{
    /// <summary>Longest text that is matched, in UTF-16 characters.</summary>
    public const int MaxLength = 64 * 1024;

    private const string OptionNames = "ims";

    // The engine needs time linear in the text; this is the second line.
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(1);

    private readonly Regex _regex;

    private Pattern(string shown, Regex regex) => (Shown, _regex) = (shown, regex);

    public string Shown { get; }

    /// <summary>Reads a pattern.</summary>
    /// <exception cref="PatternException">It is none, or none that can be matched in linear time.</exception>
    public static Pattern Parse(string text)
    {
        try
        {
            var options = RegexOptions.NonBacktracking | RegexOptions.CultureInvariant;
            return new Pattern(text, new Regex(new Translation(text).Run(), options, s_timeout));
        }
        catch (ArgumentException e)
        {
            throw new PatternException(e.Message, e);
        }
        catch (NotSupportedException e)
        {
            throw new PatternException("it cannot be matched in linear time (no look-around, back references, atomic groups; bounded repeats).", e);
        }
    }

    public Finding Test(string text)
    {
        if (text.Length > MaxLength)
        {
            return Finding.TooLong;
        }

        try
        {
            return _regex.IsMatch(text) ? Finding.Holds : Finding.Fails;
        }
        catch (RegexMatchTimeoutException)
        {
            return Finding.TooLong;
        }
    }

    /// <summary>Rewrites a pattern of RE2 as one of .NET.</summary>
    private sealed class Translation(string text)
    {
        private readonly StringBuilder _output = new(text.Length + 16);
        private int _at;
        private bool _inClass;
        private bool _isMultiline;

        public string Run()
        {
            while (_at < text.Length)
            {
                var next = text[_at++];
                switch (next)
                {
                    case '\\':
                        Escape();
                        break;
                    case '[' when !_inClass:
                        OpenClass();
                        break;
                    case '[' when Peek() is ':' or '.' or '=' || text[_at - 2] == '-':
                        throw new PatternException("named classes ([:alpha:]) and '-[' inside a class are not read; write the characters out.");
                    case ']' when _inClass:
                        _inClass = false;
                        _output.Append(next);
                        break;
                    case '(' when !_inClass && Peek() == '?':
                        Group();
                        break;
                    case '$' when !_inClass && !_isMultiline:
                        _output.Append("\\z");
                        break;
                    default:
                        _output.Append(next);
                        break;
                }
            }

            return _output.ToString();
        }

        private char Peek() => _at < text.Length ? text[_at] : '\0';

        private void OpenClass()
        {
            _inClass = true;
            _output.Append('[');
            if (Peek() == '^')
            {
                _output.Append('^');
                _at++;
            }

            if (Peek() == ']')
            {
                _output.Append("\\]"); // the first one stands for itself
                _at++;
            }
        }

        private void Escape()
        {
            if (_at == text.Length)
            {
                throw new PatternException("it ends with a backslash.");
            }

            var escaped = text[_at++];
            _output.Append(escaped switch
            {
                'd' => _inClass ? "0-9" : "[0-9]",
                'w' => _inClass ? "0-9A-Za-z_" : "[0-9A-Za-z_]",
                's' => _inClass ? @"\t\n\f\r " : @"[\t\n\f\r ]",
                'D' when !_inClass => "[^0-9]",
                'W' when !_inClass => "[^0-9A-Za-z_]",
                'S' when !_inClass => @"[^\t\n\f\r ]",
                'D' or 'W' or 'S' => throw new PatternException($"\\{escaped} inside a class is not read; write the characters out."),
                'Q' or 'E' or 'Z' or 'G' or 'C' => throw new PatternException($"\\{escaped} is not read."),
                _ => $"\\{escaped}",
            });
        }

        /// <summary>A group that begins with a question mark: a name, no capture, or options.</summary>
        private void Group()
        {
            var start = _at + 1;
            if (text.AsSpan(start).StartsWith("P<"))
            {
                _output.Append("(?<");
                _at = start + 2;
                return;
            }

            var end = start;
            while (end < text.Length && (char.IsAsciiLetter(text[end]) || text[end] == '-'))
            {
                end++;
            }

            var options = text.AsSpan(start, end - start);
            if (options.ContainsAnyExcept(OptionNames + "-") || (options.Contains('m') && (start != 2 || options.Contains('-') || end == text.Length || text[end] != ')')))
            {
                throw new PatternException("the options i, m and s are read; m only at the very beginning, for the whole pattern.");
            }

            _isMultiline |= options.Contains('m');
            _output.Append('(');
        }
    }
}

/// <summary>A text is no regular expression that a policy may use.</summary>
internal sealed class PatternException(string message, Exception? inner = null) : Exception(message, inner);
