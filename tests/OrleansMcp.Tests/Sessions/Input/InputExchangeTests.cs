using System.Text.Json;
using ModelContextProtocol.Protocol;
using OrleansMcp.Sessions.Input;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Sessions.Input;

public sealed class InputExchangeTests
{
    private readonly InputExchange _exchange = new();

    [Fact]
    public async Task An_answer_reaches_the_question_of_its_name_and_no_other()
    {
        var (first, second) = (Ask(), Ask());
        _exchange.Answer(JsonSerializer.SerializeToElement(new Dictionary<string, int> { ["input-2"] = 2, ["input-3"] = 3, ["other"] = 4 }));
        Assert.Equal(2, (await second.InTime("the answer came")).GetInt32());
        Assert.False(first.IsCompleted);
        Assert.Equal(["input-1"], _exchange.TakeQuestions().Keys);
    }

    [Fact]
    public async Task An_answer_counts_once()
    {
        var asked = Ask();
        _exchange.Answer(JsonSerializer.SerializeToElement(new Dictionary<string, int> { ["input-1"] = 1 }));
        _exchange.Answer(JsonSerializer.SerializeToElement(new Dictionary<string, int> { ["input-1"] = 2 }));
        Assert.Equal(1, (await asked.InTime("the answer came")).GetInt32());
        Assert.Empty(_exchange.TakeQuestions());
    }

    [Theory]
    [InlineData("7")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    public void A_retry_without_an_answer_is_asked_again(string responses)
    {
        _ = Ask();
        _exchange.TakeQuestions();
        Assert.False(_exchange.News.IsCompleted);
        _exchange.Answer(JsonDocument.Parse(responses).RootElement);
        Assert.True(_exchange.News.IsCompleted);
        Assert.Single(_exchange.TakeQuestions());
    }

    [Fact]
    public void There_is_news_with_each_question_until_it_is_taken()
    {
        Assert.False(_exchange.News.IsCompleted);
        _ = Ask();
        Assert.True(_exchange.News.IsCompleted);
        _exchange.TakeQuestions();
        Assert.False(_exchange.News.IsCompleted);
        Assert.Throws<InvalidOperationException>(() => { _ = _exchange.Resumed(); });
    }

    private Task<JsonElement> Ask() => _exchange.Ask(InputRequest.ForElicitation(new ElicitRequestParams { Message = "Which?", RequestedSchema = new() }));
}
