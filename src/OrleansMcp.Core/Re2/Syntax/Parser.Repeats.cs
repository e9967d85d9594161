namespace OrleansMcp.Re2.Syntax;

/// <summary>Repetitions: which of the possible matches they prefer does not matter, so <c>*?</c> is as good as <c>*</c>.</summary>
internal sealed partial class Parser
{
    /// <summary>Most steps that an expression may compile to. Go's limit is 3.3 million, far beyond what can be matched while a caller waits.</summary>
    public const int LargestSize = 10_000;

    private const int MostCopies = 1000;
    private const int TooBig = -2;

    /// <summary>Reads a repetition, if one stands here, that is not the brace of a literal text.</summary>
    /// <param name="lastRepeat">Where the repetition directly before begins.</param>
    private bool TryRepeat(int lastRepeat)
    {
        var start = _at;
        switch (Next)
        {
            case '*':
                _at++;
                Repeat(start, lastRepeat, 0, null, isCounted: false);
                return true;
            case '+':
                _at++;
                Repeat(start, lastRepeat, 1, null, isCounted: false);
                return true;
            case '?':
                _at++;
                Repeat(start, lastRepeat, 0, 1, isCounted: false);
                return true;
            case '{' when TryReadCounts(out var least, out var most):
                if (least == TooBig || most == TooBig || least > MostCopies || most > MostCopies || least > most)
                {
                    throw Error("invalid repeat count", start, _at);
                }

                Repeat(start, lastRepeat, least, most, isCounted: true);
                return true;
            default:
                return false;
        }
    }

    private void Repeat(int start, int lastRepeat, int least, int? most, bool isCounted)
    {
        _at += Next == '?' ? 1 : 0;
        if (lastRepeat != None)
        {
            throw Error("invalid nested repetition operator", lastRepeat, _at);
        }

        if (Parts.Count == 0)
        {
            throw Error("missing argument to repetition operator", start, _at);
        }

        // Checked step by step, so that no product of nested repetitions overflows.
        var repeat = new RepeatNode(Parts[^1], least, most, isCounted);
        if (isCounted && repeat.Copies > MostCopies)
        {
            throw Error("invalid repeat count", start, _at);
        }

        Parts[^1] = Limit(repeat);
    }

    private Node Limit(Node node) => node.Size <= LargestSize ? node : throw Error("expression too large", 0);

    /// <summary><c>{2}</c>, <c>{2,}</c> or <c>{2,5}</c>; a brace in any other sense stands for itself.</summary>
    private bool TryReadCounts(out int least, out int? most)
    {
        var start = _at++;
        most = null;
        if (TryReadCount(out least))
        {
            most = least;
            if (Next == ',')
            {
                _at++;
                most = Next == '}' ? null : TryReadCount(out var upper) ? upper : None;
            }

            if (Next == '}' && most != None)
            {
                _at++;
                return true;
            }
        }

        _at = start;
        return false;
    }

    private bool TryReadCount(out int count)
    {
        var start = _at;
        count = 0;
        while (Next is >= '0' and <= '9')
        {
            count = count is TooBig or > MostCopies ? TooBig : (count * 10) + Next - '0';
            _at++;
        }

        return _at > start && (_text[start] != '0' || _at == start + 1);
    }
}
