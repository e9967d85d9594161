using OrleansMcp.Re2;

namespace OrleansMcp.Authorization.Policies.Conditions;

/// <summary>A regular expression of a policy, and how much work a call may cause with it.</summary>
internal sealed class Pattern
{
    /// <summary>Longest text that is matched, in UTF-16 characters.</summary>
    public const int MaxLength = 64 * 1024;

    // Steps of the expression times the length of the text: at worst half a second. Reached by expressions of more than 1,500 steps only.
    private const long MaxWork = 100_000_000;

    private readonly RegularExpression _expression;

    private Pattern(RegularExpression expression) => _expression = expression;

    public string Shown => _expression.Pattern;

    /// <summary>Reads a pattern.</summary>
    /// <exception cref="RegularExpressionException">It is none.</exception>
    public static Pattern Parse(string text) => new(RegularExpression.Parse(text));

    public Finding Test(string text) =>
        text.Length > MaxLength || (long)text.Length * _expression.Size > MaxWork ? Finding.TooLong
        : _expression.IsMatch(text) ? Finding.Holds
        : Finding.Fails;
}
