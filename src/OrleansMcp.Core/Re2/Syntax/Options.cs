namespace OrleansMcp.Re2.Syntax;

/// <summary>The flags that an expression sets for itself: <c>(?ims)</c>. <c>U</c> is read and changes nothing: it is about which match is found.</summary>
[Flags]
internal enum Options
{
    None = 0,

    /// <summary><c>i</c>: characters match those that simple case folding makes the same.</summary>
    FoldCase = 1,

    /// <summary><c>m</c>: <c>^</c> and <c>$</c> also match at line feeds.</summary>
    MultiLine = 2,

    /// <summary><c>s</c>: <c>.</c> also matches a line feed.</summary>
    DotMatchesLineFeed = 4,
}
