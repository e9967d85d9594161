using OrleansMcp.Server.Commands.Servers;

namespace OrleansMcp.Tests.Commands;

/// <summary>How definitions are made lines that can be compared, and what is printed of them.</summary>
public sealed class ToolReportTests
{
    [Theory]
    [InlineData("""{"a":"x"}""", """{"a":"y"}""")]
    [InlineData("""{"a":1}""", """{"a":"1"}""")]
    [InlineData("""{"a":null}""", """{"a":"null"}""")]
    [InlineData("""{"a":{}}""", """{"a":[]}""")]
    [InlineData("""{"a":{"b":1}}""", """{"a.b":1}""")]
    [InlineData("""{"a":[1]}""", """{"a":{"0":1}}""")]
    [InlineData("""{"a":[1]}""", """{"a[0]":1}""")]
    [InlineData("""{"a":"\n"}""", """{"a":"\\u000a"}""")]
    [InlineData("""{"a":"\u200b"}""", """{"a":"\\u200b"}""")]
    [InlineData("""{"a":"x\"y"}""", """{"a":"x\\\"y"}""")]
    [InlineData("""{"":1}""", """{"a":1}""")]
    public void What_differs_has_other_lines(string one, string other) => Assert.NotEqual(Lines(one), Lines(other));

    [Fact]
    public void The_order_of_keys_and_spaces_make_no_other_lines() =>
        Assert.Equal(Lines("""{"a":1,"b":{"c":[true,null]}}"""), Lines("""{ "b": { "c": [ true, null ] }, "a": 1 }"""));

    [Fact]
    public void A_long_text_is_lines_that_together_are_the_text()
    {
        var text = string.Join(' ', Enumerable.Range(0, 200).Select(static at => $"word{at}")) + new string('x', 500) + "\nend";
        var lines = Lines(System.Text.Json.JsonSerializer.Serialize(new { a = text }));
        Assert.All(lines, static line => Assert.InRange(line.Length, 1, 120));
        Assert.Equal(text, string.Concat(lines.Select(static line => line["a: \"".Length..^1])).Replace("\\u000a", "\n", StringComparison.Ordinal));
    }

    [Fact]
    public void A_word_in_a_long_text_shows_as_a_word_in_a_line()
    {
        var words = string.Join("\\n", Enumerable.Range(0, 50).Select(static at => $"Line {at} says something."));
        var report = Report(new ServerTool("s__t", "changed", Of($$"""{"description":"{{words}}"}"""), Of($$"""{"description":"{{words.Replace("Line 25 says", "Line 25 hides", StringComparison.Ordinal)}}"}""")));
        Assert.Equal(
            ["  - description: \"Line 25 says something.\\u000a\"", "  + description: \"Line 25 hides something.\\u000a\""],
            report.Split(Environment.NewLine).Where(static line => line.StartsWith("  - ", StringComparison.Ordinal) || line.StartsWith("  + ", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_definition_that_is_kept_in_part_is_said_to_be()
    {
        var report = Report(new ServerTool("s__t", "changed", Of("{\"description\":\"x") with { Cut = true, Bytes = 70_000 }, Of("{\"description\":\"x") with { Cut = true, Bytes = 70_001, Digest = "other" }));
        Assert.Contains("not in the part of the definitions that is kept", report, StringComparison.Ordinal);
        Assert.Contains("definition of 70001 bytes", report, StringComparison.Ordinal);
    }

    [Fact]
    public void Where_a_first_use_does_not_count_its_definition_waits()
    {
        var report = Report(new ServerTool("s__t", "waiting", Of("""{"name":"t"}""") with { By = new Approver(Client: "alice", Subject: "u\u200b") }));
        Assert.Contains("s__t: WAITS for an operator", report, StringComparison.Ordinal);
        Assert.Contains("of client alice for u\\u200b", report, StringComparison.Ordinal);
        Assert.Contains("  + name: \"t\"", report, StringComparison.Ordinal);
        Assert.Contains("servers approve s__t=digest", report, StringComparison.Ordinal);
    }

    private static IReadOnlyList<string> Lines(string json) => DefinitionLines.Of(Of(json));

    private static ServerDefinition Of(string json) => new("t", "digest", json, Cut: false, json.Length);

    private static string Report(ServerTool tool)
    {
        using var output = new StringWriter();
        Assert.True(ToolReport.Write(output, new ServerTools([tool])));
        return output.ToString();
    }
}
