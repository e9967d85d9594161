using System.Text;
using OrleansMcp.Re2.Characters;

namespace OrleansMcp.Re2.Syntax;

/// <summary>Reads the syntax of RE2 as Go's package <c>regexp</c> accepts it (https://pkg.go.dev/regexp/syntax), of version 1.25.</summary>
internal sealed partial class Parser
{
    private const int None = -1;

    private readonly int[] _text;
    private readonly Stack<Group> _open = new();
    private Group _group = new(Options.None);
    private Options _options;
    private int _at;

    public Parser(string pattern)
    {
        if (pattern.AsSpan().IndexOfAnyInRange('\uD800', '\uDFFF') >= 0 && !IsWellFormed(pattern))
        {
            throw new RegularExpressionException("invalid UTF-8", "");
        }

        _text = [.. pattern.EnumerateRunes().Select(rune => rune.Value)];
    }

    private bool IsAtEnd => _at == _text.Length;

    private int Next => IsAtEnd ? None : _text[_at];

    private List<Node> Parts => _group.Parts;

    /// <summary>Reads the whole expression.</summary>
    /// <exception cref="RegularExpressionException">It is none.</exception>
    public Node Parse()
    {
        var lastRepeat = None;
        while (!IsAtEnd)
        {
            var start = _at;
            lastRepeat = TryRepeat(lastRepeat) ? start : None;
            if (lastRepeat == None)
            {
                ReadPart();
            }
        }

        if (_open.Count > 0)
        {
            throw Error("missing closing )", 0);
        }

        return Limit(_group.Close());
    }

    private void ReadPart()
    {
        switch (Next)
        {
            case '(':
                OpenGroup();
                break;
            case ')':
                CloseGroup();
                break;
            case '|':
                _at++;
                _group.NextChoice();
                break;
            case '^':
                _at++;
                Parts.Add(new AssertionNode(Has(Options.MultiLine) ? Assertion.LineBegins : Assertion.TextBegins));
                break;
            case '$':
                _at++;
                Parts.Add(new AssertionNode(Has(Options.MultiLine) ? Assertion.LineEnds : Assertion.TextEnds));
                break;
            case '.':
                _at++;
                Parts.Add(new CharacterNode(Has(Options.DotMatchesLineFeed) ? CodePointSet.All : NamedSets.NoLineFeed));
                break;
            case '[':
                Parts.Add(new CharacterNode(ReadClass()));
                break;
            case '\\':
                ReadEscape();
                break;
            default:
                AddLiteral(_text[_at++]);
                break;
        }
    }

    private void AddLiteral(int character) => Parts.Add(new CharacterNode(Folded(CodePointSet.Of(character))));

    private CodePointSet Folded(CodePointSet set) => Has(Options.FoldCase) ? CaseFolding.Close(set) : set;

    private bool Has(Options option) => (_options & option) != Options.None;

    private string Text(int start, int end)
    {
        var text = new StringBuilder();
        foreach (var character in _text.AsSpan(start, end - start))
        {
            text.Append(new Rune(character));
        }

        return text.ToString();
    }

    private RegularExpressionException Error(string reason, int start) => Error(reason, start, _text.Length);

    private RegularExpressionException Error(string reason, int start, int end) => new(reason, Text(start, end));

    private static bool IsWellFormed(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i]))
            {
                continue;
            }

            if (i + 1 == text.Length || !char.IsSurrogatePair(text[i], text[i + 1]))
            {
                return false;
            }

            i++;
        }

        return true;
    }

    /// <summary>What stands between a parenthesis and its partner, as far as it is read.</summary>
    /// <param name="outside">The options that hold again behind it.</param>
    private sealed class Group(Options outside)
    {
        private readonly List<Node> _choices = [];

        public Options Outside => outside;

        public List<Node> Parts { get; private set; } = [];

        public void NextChoice()
        {
            _choices.Add(Sequence());
            Parts = [];
        }

        public Node Close()
        {
            NextChoice();
            return _choices is [var only] ? only : new ChoiceNode(_choices);
        }

        private Node Sequence() => Parts.Count switch
        {
            0 => new EmptyNode(),
            1 => Parts[0],
            _ => new SequenceNode(Parts),
        };
    }
}
