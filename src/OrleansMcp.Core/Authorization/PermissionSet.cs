namespace OrleansMcp.Authorization;

/// <summary>
/// A set of permissions, compiled once and never changed. There is no other source of permission: a session may use only what its set
/// allows. Equal sets have the same <see cref="Entries"/>, however they were written.
/// </summary>
public sealed class PermissionSet : IEquatable<PermissionSet>
{
    private static readonly PermissionKind[] s_kinds = Enum.GetValues<PermissionKind>();

    private readonly PatternSet[] _patterns; // by kind

    private PermissionSet(PatternSet[] patterns)
    {
        _patterns = patterns;
        List<string> entries = [];
        foreach (var kind in s_kinds)
        {
            foreach (var pattern in patterns[(int)kind].Patterns)
            {
                entries.Add(new Permission(kind, pattern).ToString());
            }
        }

        Entries = [.. entries.Order(StringComparer.Ordinal)];
    }

    /// <summary>Nothing is permitted.</summary>
    public static PermissionSet None { get; } = Of([]);

    /// <summary>The permissions in their canonical order; none that another one includes.</summary>
    public IReadOnlyList<string> Entries { get; }

    /// <summary>Compiles permissions of the grammar <c>kind:pattern</c>.</summary>
    /// <exception cref="FormatException">One of them is malformed.</exception>
    public static PermissionSet Parse(params IEnumerable<string> entries) => Of(entries.Select(entry =>
        Permission.TryParse(entry, out var permission, out var problem) ? permission : throw new FormatException($"'{entry}' {problem}")));

    /// <summary>
    /// Whether the use of <paramref name="name"/> is permitted: of a tool, prompt or namespace of that exact name, or of a resource of that
    /// URI, in any percent-encoding.
    /// </summary>
    public bool Allows(PermissionKind kind, string name) => kind == PermissionKind.Resource
        ? AllowsResource(name)
        : _patterns[(int)kind].Matches(name);

    /// <summary>What both sets permit, exactly.</summary>
    public PermissionSet Intersect(PermissionSet other) => Combine(other, static (one, another) => one.Intersect(another));

    /// <summary>What either set permits.</summary>
    public PermissionSet Union(PermissionSet other) => Combine(other, static (one, another) => one.Union(another));

    /// <inheritdoc/>
    public bool Equals(PermissionSet? other) =>
        ReferenceEquals(this, other) || (other is not null && Entries.SequenceEqual(other.Entries, StringComparer.Ordinal));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as PermissionSet);

    /// <inheritdoc/>
    public override int GetHashCode() => Entries.Aggregate(0, HashCode.Combine);

    /// <inheritdoc/>
    public override string ToString() => string.Join(", ", Entries);

    /// <summary>
    /// Reads the set of a record. What is not understood (it was written by another version) permits nothing.
    /// </summary>
    internal static PermissionSet OfRecord(IReadOnlyList<string> entries) => Of(entries
        .Select(entry => (Understood: Permission.TryParse(entry, out var permission, out _), permission))
        .Where(one => one.Understood).Select(one => one.permission));

    internal static PermissionSet Of(IEnumerable<Permission> permissions)
    {
        var byKind = permissions.ToLookup(permission => permission.Kind, permission => permission.Pattern);
        return new PermissionSet([.. s_kinds.Select(kind => PatternSet.Of(byKind[kind]))]);
    }

    /// <summary>Whether a URI template could yield a URI that is permitted.</summary>
    internal bool MayYield(string template, Func<string, bool> isMatch)
    {
        foreach (var pattern in _patterns[(int)PermissionKind.Resource].Patterns)
        {
            if (pattern.IsPrefix ? TemplateReach.CanBegin(template, pattern.Text) : isMatch(pattern.Text))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether it permits anything that begins with <paramref name="beginning"/>.</summary>
    internal bool Reaches(PermissionKind kind, string beginning)
    {
        foreach (var pattern in _patterns[(int)kind].Patterns)
        {
            if (pattern.Text.StartsWith(beginning, StringComparison.Ordinal) || (pattern.IsPrefix && beginning.StartsWith(pattern.Text, StringComparison.Ordinal)))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether both permit the same of a kind.</summary>
    internal bool IsSame(PermissionKind kind, PermissionSet other) =>
        _patterns[(int)kind].Patterns.SequenceEqual(other._patterns[(int)kind].Patterns);

    private bool AllowsResource(string uri)
    {
        var patterns = _patterns[(int)PermissionKind.Resource];
        return patterns.IsAll || (ResourceUri.TryCanonicalise(uri, out var canonical) && patterns.Matches(canonical));
    }

    private PermissionSet Combine(PermissionSet other, Func<PatternSet, PatternSet, PatternSet> combine) =>
        Equals(other) ? this : new PermissionSet([.. s_kinds.Select(kind => combine(_patterns[(int)kind], other._patterns[(int)kind]))]);
}
