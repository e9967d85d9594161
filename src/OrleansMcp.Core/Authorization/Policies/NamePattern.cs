namespace OrleansMcp.Authorization.Policies;

/// <summary>A name, or a pattern in which <c>*</c> matches any characters. The comparison is exact, without case folding or normalisation.</summary>
internal sealed class NamePattern
{
    /// <summary>Matches every name.</summary>
    public const string All = "*";

    private readonly string[] _parts;

    public NamePattern(string text) => (Text, _parts) = (text, text.Split('*'));

    public string Text { get; }

    /// <summary>Whether it can match more than one name.</summary>
    public bool IsWild => _parts.Length > 1;

    public bool IsAll => Text == All;

    public bool Matches(string name)
    {
        if (!IsWild)
        {
            return name == Text;
        }

        var (first, last) = (_parts[0], _parts[^1]);
        if (name.Length < first.Length + last.Length || !name.StartsWith(first, StringComparison.Ordinal) || !name.EndsWith(last, StringComparison.Ordinal))
        {
            return false;
        }

        var middle = name.AsSpan(first.Length, name.Length - first.Length - last.Length);
        foreach (var part in _parts.AsSpan(1, _parts.Length - 2))
        {
            var at = middle.IndexOf(part, StringComparison.Ordinal);
            if (at < 0)
            {
                return false;
            }

            middle = middle[(at + part.Length)..];
        }

        return true;
    }
}
