namespace OrleansMcp.Authorization;

/// <summary>
/// Whether a URI template (RFC 6570) could yield a URI that begins with a text, for lists: an expression without operator yields neither
/// <c>/</c> nor <c>?</c> nor <c>#</c>, any other is taken to yield anything. Reading judges the URI itself.
/// </summary>
internal static class TemplateReach
{
    // Expressions beside each other can be filled in many ways; a template so rich is listed without trying them all.
    private const int MaxSteps = 4096;

    public static bool CanBegin(ReadOnlySpan<char> template, ReadOnlySpan<char> text)
    {
        var steps = MaxSteps;
        return CanBegin(template, text, ref steps);
    }

    private static bool CanBegin(ReadOnlySpan<char> template, ReadOnlySpan<char> text, ref int steps)
    {
        var open = template.IndexOf('{');
        var literal = open < 0 ? template : template[..open];
        var shared = Math.Min(literal.Length, text.Length);
        if (--steps < 0 || !literal[..shared].SequenceEqual(text[..shared]))
        {
            return steps < 0;
        }

        if (shared == text.Length)
        {
            return true;
        }

        var close = open < 0 ? -1 : template[open..].IndexOf('}');
        if (close < 0)
        {
            return false; // The template is at its end, and the text is not.
        }

        var isSimple = !"+#./;?&".Contains(template[open + 1]);
        return !isSimple || Expands(template[(open + close + 1)..], text[shared..], ref steps);
    }

    private static bool Expands(ReadOnlySpan<char> behind, ReadOnlySpan<char> text, ref int steps)
    {
        var end = text.IndexOfAny('/', '?', '#');
        if (end < 0)
        {
            return true;
        }

        for (var taken = 0; taken <= end; taken++)
        {
            if (CanBegin(behind, text[taken..], ref steps))
            {
                return true;
            }
        }

        return false;
    }
}
