using OrleansMcp.Re2.Matching;
using OrleansMcp.Re2.Syntax;

namespace OrleansMcp.Re2;

/// <summary>
/// A regular expression of RE2 as Go's package <c>regexp</c> reads and matches it: over code points, without look-around and back
/// references, in time linear in the text. It answers only whether a text holds a match.
/// </summary>
/// <remarks>
/// The runtime's own expressions read <c>\b</c>, <c>.</c>, classes and case folding in another sense, over UTF-16 and with other tables. A
/// lone surrogate of a text counts as U+FFFD, as which Go decodes it from JSON. Instances are immutable to callers and safe to share.
/// </remarks>
internal sealed class RegularExpression
{
    private readonly Automaton _automaton;

    private RegularExpression(string pattern, Automaton automaton) => (Pattern, _automaton) = (pattern, automaton);

    /// <summary>The expression as it was written.</summary>
    public string Pattern { get; }

    /// <summary>Steps of the compiled expression. A match takes time in proportion to this times the length of the text, at most.</summary>
    public int Size => _automaton.Size;

    /// <summary>Reads an expression.</summary>
    /// <param name="pattern">The expression.</param>
    /// <param name="stateBytes">What the states may take that texts lead to, beside the expression itself. Matching is faster with more of them.</param>
    /// <exception cref="RegularExpressionException">It is none; the message is Go's.</exception>
    public static RegularExpression Parse(string pattern, int stateBytes = 256 * 1024) =>
        new(pattern, new Automaton(Compiler.Compile(new Parser(pattern).Parse()), stateBytes));

    /// <summary>Whether some part of the text matches.</summary>
    public bool IsMatch(ReadOnlySpan<char> text) => _automaton.IsMatch(text);
}
