namespace OrleansMcp.Authorization;

/// <summary>A name, or everything that begins with a text: all that the grammar's <c>*</c> can say, so that two patterns always have an exact intersection.</summary>
internal readonly record struct PermissionPattern(string Text, bool IsPrefix)
{
    public bool Matches(ReadOnlySpan<char> name) =>
        IsPrefix ? name.StartsWith(Text, StringComparison.Ordinal) : name.SequenceEqual(Text);

    /// <summary>Whether everything that <paramref name="other"/> matches is matched by this one.</summary>
    public bool Covers(PermissionPattern other) =>
        IsPrefix ? other.Text.StartsWith(Text, StringComparison.Ordinal) : !other.IsPrefix && other.Text == Text;

    public override string ToString() => IsPrefix ? Text + "*" : Text;
}
