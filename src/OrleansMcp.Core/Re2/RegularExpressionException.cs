namespace OrleansMcp.Re2;

/// <summary>A text is no regular expression of RE2, or one that is too large.</summary>
internal sealed class RegularExpressionException(string reason, string part) : Exception($"{reason}: `{part}`")
{
    /// <summary>What is wrong, in the words of Go's package <c>regexp/syntax</c>.</summary>
    public string Reason => reason;
}
