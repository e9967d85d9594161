using ModelContextProtocol;
using OrleansMcp.Sessions.Reading;

namespace OrleansMcp.Tests.Sessions.Reading;

public sealed class ListPageTests
{
    [Theory]
    [InlineData(0, 1)]
    [InlineData(200, 1)]
    [InlineData(201, 2)]
    [InlineData(400, 2)]
    [InlineData(450, 3)]
    public void All_pages_together_are_the_list(int length, int pages)
    {
        List<int> read = [];
        string? cursor = null;
        var count = 0;
        do
        {
            (var page, cursor) = ListPage.Of(cursor, Enumerable.Range(0, length));
            read.AddRange(page);
            count++;
        }
        while (cursor is not null);

        Assert.Equal(Enumerable.Range(0, length), read);
        Assert.Equal(pages, count);
    }

    [Theory]
    [InlineData("")]
    [InlineData("nonsense")]
    [InlineData("LTE")] // -1
    [InlineData("IDE")] // a space and 1
    [InlineData("OTk5OTk5OTk5OTk5")] // 999999999999
    [InlineData("MjAwMjAwMjAwMjAwMjAwMjAw")]
    public void A_cursor_that_is_none_of_ours_is_an_error_of_the_client(string cursor) =>
        Assert.Equal(McpErrorCode.InvalidParams, Assert.Throws<McpProtocolException>(() => ListPage.Of(cursor, Enumerable.Range(0, 500))).ErrorCode);

    [Fact]
    public void A_cursor_behind_the_end_of_a_list_that_became_shorter_is_an_empty_page()
    {
        var (_, cursor) = ListPage.Of(null, Enumerable.Range(0, 500));
        Assert.Equal((0, null), ListPage.Of(cursor, Enumerable.Range(0, 10)) is var (page, next) ? (page.Count, next) : default);
    }
}
