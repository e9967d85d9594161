using OrleansMcp.Authorization;

namespace OrleansMcp.Tests.Authorization;

/// <summary>The grammar of permissions, and what sets of them permit.</summary>
public sealed class PermissionSetTests
{
    [Theory]
    [InlineData("tool:echo")]
    [InlineData("tool:*")]
    [InlineData("tool:records_*")]
    [InlineData("tool:a:b")]
    [InlineData("prompt:summarise")]
    [InlineData("resource:*")]
    [InlineData("resource:demo://session/counter")]
    [InlineData("resource:file:///a/.*")]
    [InlineData("resource:demo://a%20b/%C3%A4")]
    [InlineData("records:orders:read")]
    [InlineData("records:*:write")]
    [InlineData("records:a:b*:read")]
    [InlineData("toollog:*")]
    public void A_permission_is_read_and_written_alike(string text) => Assert.Equal([text], PermissionSet.Parse(text).Entries);

    [Theory]
    [InlineData("")]
    [InlineData("echo")]
    [InlineData("tool")]
    [InlineData("tool:")]
    [InlineData("Tool:echo")]
    [InlineData("tools:echo")]
    [InlineData(" tool:echo")]
    [InlineData("tool:echo ")]
    [InlineData("tool:two words")]
    [InlineData("tool:ec\u0301ho")]
    [InlineData("tool:**")]
    [InlineData("tool:*.get")]
    [InlineData("tool:a*b")]
    [InlineData("records:orders")]
    [InlineData("records:orders:delete")]
    [InlineData("records::read")]
    [InlineData("records:read")]
    [InlineData("records:*.orders:read")]
    [InlineData("resource:demo://a/../b")]
    [InlineData("resource:demo://a/./b")]
    [InlineData("resource:demo://a/..")]
    [InlineData("resource:demo://a/%2E%2E/b")]
    [InlineData("resource:demo://a/%2e%2e%2fb")]
    [InlineData("resource:demo://a/%252E%252E/b")]
    [InlineData("resource:demo://%61")]
    [InlineData("resource:demo://%c3%a4")]
    [InlineData("resource:demo://a%2")]
    [InlineData("resource:demo://a%2*")]
    [InlineData("resource:demo://a%zz")]
    public void What_is_no_permission_is_refused(string text) => Assert.Throws<FormatException>(() => PermissionSet.Parse(text));

    [Theory]
    [InlineData("tool:echo", PermissionKind.Tool, "echo", true)]
    [InlineData("tool:echo", PermissionKind.Tool, "Echo", false)]
    [InlineData("tool:echo", PermissionKind.Tool, "echo2", false)]
    [InlineData("tool:echo", PermissionKind.Tool, "ech", false)]
    [InlineData("tool:echo", PermissionKind.Prompt, "echo", false)]
    [InlineData("tool:records_*", PermissionKind.Tool, "records_", true)]
    [InlineData("tool:records_*", PermissionKind.Tool, "records_get", true)]
    [InlineData("tool:records_*", PermissionKind.Tool, "records", false)]
    [InlineData("tool:*", PermissionKind.Tool, "", true)]
    [InlineData("tool:*", PermissionKind.Tool, "w\u00f6rter mit leerzeichen", true)]
    [InlineData("records:orders:read", PermissionKind.RecordsRead, "orders", true)]
    [InlineData("records:orders:read", PermissionKind.RecordsWrite, "orders", false)]
    [InlineData("records:orders:write", PermissionKind.RecordsRead, "orders", false)]
    [InlineData("toollog:*", PermissionKind.ToolLog, "echo", true)]
    [InlineData("resource:demo://a/*", PermissionKind.Resource, "demo://a/b", true)]
    [InlineData("resource:demo://a/*", PermissionKind.Resource, "demo://a/%62", true)]
    [InlineData("resource:demo://a/*", PermissionKind.Resource, "demo://%61/b", true)]
    [InlineData("resource:demo://a/*", PermissionKind.Resource, "demo://a/b..c/...", true)]
    [InlineData("resource:demo://a/*", PermissionKind.Resource, "demo://a/../b", false)]
    [InlineData("resource:demo://a/*", PermissionKind.Resource, "demo://a/b/..", false)]
    [InlineData("resource:demo://a/*", PermissionKind.Resource, "demo://a/.%2e/b", false)]
    [InlineData("resource:demo://a/*", PermissionKind.Resource, "demo://a/..%5cb", false)]
    [InlineData("resource:demo://a/*", PermissionKind.Resource, "demo://a/..%2Fb", false)]
    [InlineData("resource:demo://a/*", PermissionKind.Resource, "demo://a/%25252e%25252e/b", false)]
    [InlineData("resource:demo://a/*", PermissionKind.Resource, "demo://a/..;x=1/b", false)]
    [InlineData("resource:demo://a/*", PermissionKind.Resource, "demo://a/?path=../b", false)]
    [InlineData("resource:demo://a/*", PermissionKind.Resource, "demo://a/\\..\\b", false)]
    [InlineData("resource:demo://a/*", PermissionKind.Resource, "demo://a/b%", false)]
    [InlineData("resource:demo://a/*", PermissionKind.Resource, "demo://a/\tb", false)]
    [InlineData("resource:*", PermissionKind.Resource, "demo://a/../b", true)]
    public void A_use_is_permitted_or_not(string permission, PermissionKind kind, string name, bool isPermitted) =>
        Assert.Equal(isPermitted, PermissionSet.Parse(permission).Allows(kind, name));

    [Theory]
    [InlineData("tool:records_*", "tool:records_get", "tool:records_get")]
    [InlineData("tool:*", "tool:records_*", "tool:records_*")]
    [InlineData("tool:rec*", "tool:records_*", "tool:records_*")]
    [InlineData("tool:a*", "tool:b*", "")]
    [InlineData("tool:a", "tool:a*", "tool:a")]
    [InlineData("tool:a", "prompt:a", "")]
    [InlineData("tool:a tool:b tool:c*", "tool:b tool:cd tool:d", "tool:b tool:cd")]
    [InlineData("records:*:read", "records:a:write", "")]
    [InlineData("records:*:read records:*:write", "records:a:write", "records:a:write")]
    [InlineData("resource:demo://*", "resource:demo://a/*", "resource:demo://a/*")]
    [InlineData("", "tool:*", "")]
    public void Two_sets_have_exactly_this_in_common(string one, string other, string common)
    {
        var (left, right) = (Set(one), Set(other));
        Assert.Equal(Set(common), left.Intersect(right));
        Assert.Equal(Set(common), right.Intersect(left));
    }

    [Fact]
    public void What_another_permission_includes_is_left_out() =>
        Assert.Equal(["tool:a*", "tool:b"], PermissionSet.Parse("tool:b", "tool:a", "tool:ab*", "tool:a*", "tool:b").Entries);

    [Theory]
    [InlineData("demo://greeting/{language}", "demo://greeting/en", true)]
    [InlineData("demo://greeting/{language}", "demo://greeting/*", true)]
    [InlineData("demo://greeting/{language}", "demo://*", true)]
    [InlineData("demo://greeting/{language}", "demo://greeting/e*", true)]
    [InlineData("demo://greeting/{language}", "demo://greeting/en/more*", false)]
    [InlineData("demo://greeting/{language}", "demo://other/*", false)]
    [InlineData("demo://{a}/x/{b}", "demo://one/x/t*", true)]
    [InlineData("demo://{a}/x/{b}", "demo://one/y*", false)]
    [InlineData("demo://{a}-{b}/x", "demo://1-2-3/x*", true)]
    [InlineData("demo://files/{+path}", "demo://files/a/b/c*", true)]
    [InlineData("demo://files{?q}", "demo://files?q=*", true)]
    [InlineData("demo://a", "demo://ab*", false)]
    public void A_template_is_listed_when_one_of_its_URIs_is_permitted(string template, string pattern, bool isListed) =>
        Assert.Equal(isListed, PermissionSet.Parse($"resource:{pattern}").MayYield(template, uri => uri == "demo://greeting/en"));

    [Fact]
    public void A_template_that_can_be_filled_in_in_many_ways_costs_little()
    {
        var template = string.Concat(Enumerable.Repeat("{a}-", 12)) + "end";
        Assert.True(PermissionSet.Parse($"resource:{new string('-', 400)}/x*").MayYield(template, _ => false));
    }

    private static PermissionSet Set(string entries) => PermissionSet.Parse(entries.Split(' ', StringSplitOptions.RemoveEmptyEntries));
}
