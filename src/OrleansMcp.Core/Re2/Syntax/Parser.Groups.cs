using OrleansMcp.Re2.Characters;

namespace OrleansMcp.Re2.Syntax;

/// <summary>Groups: what is captured does not matter, so all are alike but for the options that they set.</summary>
internal sealed partial class Parser
{
    private const int DeepestNesting = 1000;

    private void OpenGroup()
    {
        var start = _at++;
        if (Next != '?')
        {
            Open(_options);
        }
        else if (IsNamed())
        {
            ReadName(start);
            Open(_options);
        }
        else
        {
            ReadOptions(start);
        }
    }

    private void Open(Options inside)
    {
        if (_open.Count == DeepestNesting)
        {
            throw Error("expression nests too deeply", 0);
        }

        _open.Push(_group);
        _group = new Group(_options);
        _options = inside;
    }

    private void CloseGroup()
    {
        if (!_open.TryPop(out var around))
        {
            throw Error("unexpected )", 0);
        }

        _at++;
        var closed = _group.Close();
        _options = _group.Outside;
        _group = around;
        Parts.Add(closed);
    }

    /// <summary>Whether <c>?P&lt;name&gt;</c> or <c>?&lt;name&gt;</c> follows.</summary>
    private bool IsNamed() => _text.AsSpan(_at) is ['?', 'P', '<', _, ..] or ['?', '<', _, ..];

    private void ReadName(int start)
    {
        var name = Array.IndexOf(_text, '<', _at) + 1;
        var end = Array.IndexOf(_text, '>', name);
        if (end < 0)
        {
            throw Error("invalid named capture", start);
        }

        _at = end + 1;
        if (end == name || !_text.Skip(name).Take(end - name).All(NamedSets.Word.Contains))
        {
            throw Error("invalid named capture", start, _at);
        }
    }

    /// <summary><c>?flags)</c>, which hold to the end of the group around it, or <c>?flags:</c>, which open one of their own.</summary>
    private void ReadOptions(int start)
    {
        _at++;
        var options = _options;
        var (isNegated, isNamed) = (false, false);
        while (!IsAtEnd)
        {
            switch (_text[_at++])
            {
                case 'i':
                    Set(Options.FoldCase);
                    break;
                case 'm':
                    Set(Options.MultiLine);
                    break;
                case 's':
                    Set(Options.DotMatchesLineFeed);
                    break;
                case 'U':
                    Set(Options.None);
                    break;
                case '-' when !isNegated:
                    (isNegated, isNamed) = (true, false);
                    break;
                case ':' when isNamed || !isNegated:
                    Open(options);
                    return;
                case ')' when isNamed || !isNegated:
                    _options = options;
                    return;
                default:
                    throw Error("invalid or unsupported Perl syntax", start, _at);
            }
        }

        throw Error("invalid or unsupported Perl syntax", start);

        void Set(Options option)
        {
            isNamed = true;
            options = isNegated ? options & ~option : options | option;
        }
    }
}
