using System.Text.Json;
using System.Text.Json.Serialization;
using ModelContextProtocol.Server;
using OrleansMcp.Tools;

namespace OrleansMcp.Tests.Tools;

public sealed class ArgumentBindingTests
{
    private static readonly McpServerTool s_tool = McpServerTool.Create(
        static (int count, DateTimeOffset? since, Order? order, string text, DayOfWeek? day) => $"{count} {since} {order} {text} {day}");

    [Theory]
    [InlineData("""{"text":"a","count":3000000000}""", "Argument 'count' must be an integer from -2147483648 to 2147483647.")]
    [InlineData("""{"since":"yesterday"}""", "Argument 'since' must be a date and time such as 2026-01-31T12:00:00Z.")]
    [InlineData("""{"order":{"lines":[{"amount":1},{"amount":"x"}]}}""", "Argument 'order' does not fit at $.lines[1].amount.")]
    [InlineData("""{"order":7}""", "Argument 'order' must be of another form; see the input schema.")]
    [InlineData("""{"day":"Caturday"}""", "Argument 'day' must be one of Sunday, Monday, Tuesday, Wednesday, Thursday, Friday, Saturday.")]
    public void The_argument_that_does_not_fit_is_named_with_what_would(string arguments, string problem) =>
        Assert.Equal(problem, ProblemIn(arguments, new JsonException()));

    [Fact]
    public void A_tool_that_fails_on_arguments_that_fit_has_failed_itself()
    {
        Assert.Null(ProblemIn("""{"text":"a","count":1,"since":"2026-01-31T12:00:00Z","order":{"lines":[]},"unknown":[]}""", new JsonException()));
        Assert.Null(ProblemIn("""{"count":3000000000}""", new IOException())); // Binding throws no such thing.
        Assert.Null(ArgumentBinding.ProblemIn(s_tool, null, new JsonException()));
    }

    private static string? ProblemIn(string arguments, Exception failure) =>
        ArgumentBinding.ProblemIn(s_tool, JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(arguments), failure);

    internal sealed record Order(IReadOnlyList<Line> Lines);

    internal sealed record Line([property: JsonRequired] int Amount);
}
