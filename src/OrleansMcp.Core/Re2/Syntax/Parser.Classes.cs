using OrleansMcp.Re2.Characters;

namespace OrleansMcp.Re2.Syntax;

/// <summary>Classes in brackets.</summary>
internal sealed partial class Parser
{
    private CodePointSet ReadClass()
    {
        var start = _at++;
        var isNegated = Next == '^';
        _at += isNegated ? 1 : 0;
        var set = new CodePointSetBuilder();
        for (var first = _at; Next != ']' || _at == first;)
        {
            if (TryReadNamedClass() is { } named)
            {
                set.Add(named);
            }
            else if (TryReadSet() is { } escaped)
            {
                set.Add(escaped);
            }
            else
            {
                set.Add(ReadRange(start));
            }
        }

        _at++;
        return Signed(set.Build(), isNegated);
    }

    /// <summary><c>[:alpha:]</c> and its like, <c>[:^alpha:]</c>. Null when another thing stands here.</summary>
    private CodePointSet? TryReadNamedClass()
    {
        if (_text.AsSpan(_at) is not ['[', ':', .. var rest] || rest.IndexOf(stackalloc int[] { ':', ']' }) is not (>= 0 and var length))
        {
            return null;
        }

        var start = _at;
        _at += length + 4;
        var name = Text(start + 2, _at - 2);
        var isNegated = name.StartsWith('^');
        return NamedSets.Posix(isNegated ? name[1..] : name) is { } set
            ? Signed(Folded(set), isNegated)
            : throw Error(InvalidRange, start, _at);
    }

    private CodePointSet ReadRange(int classStart)
    {
        var start = _at;
        var first = ReadClassCharacter(classStart);
        var last = first;
        if (_text.AsSpan(_at) is ['-', not ']', ..])
        {
            _at++;
            last = ReadClassCharacter(classStart);
        }

        return first <= last ? Folded(CodePointSet.Of(first, last)) : throw Error(InvalidRange, start, _at);
    }

    private int ReadClassCharacter(int classStart) => Next switch
    {
        None => throw Error("missing closing ]", classStart),
        '\\' => ReadEscapedCharacter(),
        _ => _text[_at++],
    };
}
