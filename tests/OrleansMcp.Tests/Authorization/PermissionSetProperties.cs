using FsCheck;
using FsCheck.Fluent;
using OrleansMcp.Authorization;

namespace OrleansMcp.Tests.Authorization;

/// <summary>Laws of permission sets, over all sets of a small alphabet: there every prefix of every name occurs.</summary>
[Trait(Rounds.Trait, Rounds.MoreAtNight)]
public sealed class PermissionSetProperties
{
    private static readonly string[] s_names = [.. Names(4)];

    private static readonly Gen<string> s_entry =
        from name in Gen.Elements(Names(3).ToArray())
        from star in Gen.Elements("", "*")
        from form in Gen.Elements("tool:{0}", "prompt:{0}", "resource:x:{0}", "records:{0}:read", "records:{0}:write")
        where name.Length > 0 || star.Length > 0 || form.Contains("x:", StringComparison.Ordinal)
        select string.Format(System.Globalization.CultureInfo.InvariantCulture, form, name + star);

    private static readonly Arbitrary<PermissionSet> s_sets = Arb.From(
        from size in Gen.Choose(0, 8)
        from entries in Gen.ListOf(s_entry, size)
        select PermissionSet.Parse(entries));

    [Fact]
    public void A_set_permits_what_one_of_its_entries_permits() => Check((set, _, _) => Uses().All(use =>
        set.Allows(use.Kind, use.Name) == set.Entries.Any(entry => PermissionSet.Parse(entry).Allows(use.Kind, use.Name))));

    [Fact]
    public void An_intersection_permits_what_both_permit_and_nothing_else() => Check((one, other, _) => Uses().All(use =>
        one.Intersect(other).Allows(use.Kind, use.Name) == (one.Allows(use.Kind, use.Name) && other.Allows(use.Kind, use.Name))));

    [Fact]
    public void A_union_permits_what_either_permits_and_nothing_else() => Check((one, other, _) => Uses().All(use =>
        one.Union(other).Allows(use.Kind, use.Name) == (one.Allows(use.Kind, use.Name) || other.Allows(use.Kind, use.Name))));

    [Fact]
    public void An_intersection_is_a_part_of_both() => Check((one, other, _) =>
        one.Intersect(other) is var common && common.Intersect(one).Equals(common) && common.Intersect(other).Equals(common)
        && one.Union(common).Equals(one));

    [Fact]
    public void Intersecting_again_changes_nothing() => Check((one, other, _) =>
        one.Intersect(one).Equals(one) && one.Intersect(other).Intersect(other).Equals(one.Intersect(other)));

    [Fact]
    public void The_order_does_not_matter() => Check((one, other, third) =>
        one.Intersect(other).Equals(other.Intersect(one))
        && one.Intersect(other).Intersect(third).Equals(one.Intersect(other.Intersect(third)))
        && PermissionSet.Parse(one.Entries.Reverse()).Equals(one));

    [Fact]
    public void What_is_written_is_read_again() => Check((one, other, _) =>
        one.Intersect(other) is var common && PermissionSet.Parse(common.Entries).Equals(common) && PermissionSet.OfRecord(common.Entries).Equals(common));

    private static void Check(Func<PermissionSet, PermissionSet, PermissionSet, bool> law) =>
        Prop.ForAll(s_sets, s_sets, s_sets, law).Check(Config.QuickThrowOnFailure.WithMaxTest(Rounds.Of(100, atNight: 300)));

    private static IEnumerable<(PermissionKind Kind, string Name)> Uses() =>
        Enum.GetValues<PermissionKind>().SelectMany(kind => s_names.Select(name => (kind, kind == PermissionKind.Resource ? "x:" + name : name)));

    private static IEnumerable<string> Names(int longest) => longest == 0
        ? [""]
        : Names(longest - 1).SelectMany(name => name.Length == longest - 1 ? [name, name + "a", name + "b"] : new[] { name });
}
