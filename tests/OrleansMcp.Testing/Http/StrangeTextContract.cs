using System.Text;
using System.Text.Json;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Http;

/// <summary>What a tool says that is no text: half of a surrogate pair never leaves the server, and separators of lines never stand raw in what it sends.</summary>
public abstract class StrangeTextContract(SharedServer shared) : IClassFixture<SharedServer>
{
    public static TheoryData<string> Ways => [.. StrangeTools.Ways];

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task A_session_goes_on_after_what_is_no_text_and_all_that_is_sent_is_JSON(string way)
    {
        using var client = await shared.Server.Client().OpenAsync("2025-11-25", new { elicitation = new { } });
        await client.PostAsync(Rpc.Request("s", "resources/subscribe", new { uri = "test://" + StrangeTools.Written }));
        await client.IncrementAsync();
        using var listening = await client.ListenAsync();
        foreach (var token in new object?[] { null, 3 })
        {
            using var response = await client.StartAsync(client.Post(Rpc.Call(1, "test_strange", new { way }, token), change: null));
            var sent = Strict(await response.Content.ReadAsByteArrayAsync());
            Assert.NotEqual("", sent);
            AssertWhole(sent);
        }

        Assert.Equal(2, await client.IncrementAsync());
    }

    [Fact]
    public async Task A_question_that_is_no_text_can_be_answered()
    {
        using var client = await shared.Server.Client().OpenAsync("2025-11-25", new { elicitation = new { } });
        using var open = await client.PostForStreamAsync(Rpc.Call(1, "test_strange", new { way = "question" }));
        var asked = await open.Events.UntilMethodAsync("elicitation/create");
        Assert.Equal(StrangeTools.Written, (string)asked.Json["params"]!["message"]!);
        await client.AnswerAsync(asked, new { action = "decline" });
        Assert.NotNull((await open.Events.UntilAnswerAsync()).Json["result"]);
    }

    [Theory]
    [InlineData("state")]
    [InlineData("state key")]
    [InlineData("record")]
    [InlineData("record key")]
    public async Task What_a_session_keeps_of_it_does_not_keep_it_from_waking(string way)
    {
        await using var server = await TestServer.StartAsync();
        using var client = await server.Client().OpenAsync();
        await client.CallAsync("test_strange", new { way });
        await client.IncrementAsync();
        await server.RestartAsync();
        Assert.Equal(2, await client.IncrementAsync());
        AssertWhole(Strict((await client.CallAsync("test_strange", new { way })).Body));
        using var other = await server.Client().OpenAsync();
        Assert.Equal("x", await other.CallTextAsync("echo", new { text = "x" }));
    }

    [Fact]
    public async Task Text_of_tools_arrives_as_it_was_said()
    {
        using var client = await shared.Server.Client().OpenAsync();
        const string Said = "\u2028 \u2029 \u0085 \ufeff \ud83d\ude00 \0 \u001f \\ \" /";
        Assert.Equal(Said, await client.CallTextAsync("echo", new { text = Said }));
        Assert.Equal(StrangeTools.Written, (await client.CallAsync("test_strange", new { way = "text" })).ToolText);
    }

    private static string Strict(byte[] utf8) => new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(utf8);

    /// <summary>Whether all JSON in it is of whole characters, with no raw separator that a reader of streams could take for the end of a line.</summary>
    private static void AssertWhole(string sent)
    {
        Assert.DoesNotContain("\u2028", sent, StringComparison.Ordinal);
        Assert.DoesNotContain("\u2029", sent, StringComparison.Ordinal);
        foreach (var line in sent.Split('\n'))
        {
            var json = line.StartsWith("data: ", StringComparison.Ordinal) ? line[6..] : line;
            if (json is ['{', ..] or ['[', ..])
            {
                Read(JsonDocument.Parse(json).RootElement);
            }
        }
    }

    /// <exception cref="InvalidOperationException">A string is half of a pair.</exception>
    private static void Read(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var property in element.EnumerateObject())
                {
                    Assert.NotNull(property.Name);
                    Read(property.Value);
                }

                break;
            case JsonValueKind.Array:
                foreach (var item in element.EnumerateArray())
                {
                    Read(item);
                }

                break;
            case JsonValueKind.String:
                Assert.NotNull(element.GetString());
                break;
        }
    }
}
