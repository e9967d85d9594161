using OrleansMcp.Records;

namespace OrleansMcp.Tests.Records;

/// <summary>Each bound lets its last value through and nothing beyond it.</summary>
public sealed class RecordLimitTests
{
    private readonly RecordBench _bench = new();

    public static TheoryData<string, int> Limits { get; } = new()
    {
        { "characters of a key", RecordLimits.KeyLength },
        { "characters of a key that is read for a write", RecordLimits.KeyLength },
        { "characters of a key that is read", RecordLimits.KeyLength },
        { "characters of a prefix", RecordLimits.KeyLength },
        { "bytes of a value", RecordLimits.ValueBytes },
        { "bytes of a value beyond ASCII", RecordLimits.ValueBytes },
        { "bytes of a transaction", RecordLimits.TransactionBytes },
        { "writes", RecordLimits.Writes },
        { "versions that a write rests on", RecordLimits.Reads },
        { "keys that are read", RecordLimits.PageLength },
        { "records of a page", RecordLimits.PageLength },
    };

    [Theory]
    [MemberData(nameof(Limits))]
    public void An_argument_may_be_as_large_as_its_limit_and_no_larger(string what, int limit)
    {
        Check(what, limit);
        Assert.Equal(RecordException.InvalidArgument, Assert.Throws<RecordException>(() => Check(what, limit + 1)).Code);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("a\tb")]
    [InlineData("a\u0000")]
    [InlineData("a\u2028b")]
    [InlineData("\ud83d")]
    [InlineData("\uffff")]
    public void A_key_is_made_of_visible_characters_wherever_it_stands(string key)
    {
        Assert.Throws<RecordException>(() => RecordArguments.CheckKeys([key]));
        Assert.Throws<RecordException>(() => RecordArguments.CheckTransaction([], [Write(key, 1)]));
        Assert.Throws<RecordException>(() => RecordArguments.CheckTransaction([new(key, 0)], [Write("k", 1)]));
    }

    [Fact]
    public void There_are_no_versions_below_none()
    {
        RecordArguments.CheckTransaction([new("a", 0)], [Write("k", 1) with { Version = 0 }]);
        Assert.Throws<RecordException>(() => RecordArguments.CheckTransaction([new("a", -1)], [Write("k", 1)]));
        Assert.Throws<RecordException>(() => RecordArguments.CheckTransaction([], [Write("k", 1) with { Version = -1 }]));
    }

    [Fact]
    public async Task A_page_ends_before_it_is_too_large_and_the_next_goes_on_there()
    {
        var (number, value) = (20, $"\"{new string('x', 59_000)}\"");
        for (var i = 0; i < number; i++)
        {
            await _bench.PutAsync($"k{i:d2}", value);
        }

        var first = await QueryAsync(after: null);
        Assert.True(first.HasMore);
        Assert.InRange(first.Records.Sum(record => record.Value.GetRawText().Length), RecordLimits.PageBytes / 2, RecordLimits.PageBytes);
        var second = await QueryAsync(first.Records[^1].Key);
        Assert.False(second.HasMore);
        Assert.Equal(Enumerable.Range(0, number).Select(i => $"k{i:d2}"), first.Records.Concat(second.Records).Select(record => record.Key));
    }

    [Fact]
    public async Task A_namespace_that_was_emptied_keeps_its_place_when_it_is_read_again()
    {
        await _bench.ReadAsync(["k"]);
        Assert.Equal(0, _bench.Kept); // to ask for one makes none
        await _bench.PutAsync("k", "1");
        await _bench.TransactAsync([new RecordWrite("k", null, null)], []);
        _bench.Restart();
        await _bench.ReadAsync(["k"]);
        Assert.Equal(1, _bench.Kept);
    }

    [Fact]
    public async Task A_namespace_is_shared_with_so_many_clients_and_those_can_still_be_changed()
    {
        for (var i = 0; i < RecordLimits.Grants; i++)
        {
            Assert.Equal(RecordOutcome.Done, (await ShareAsync($"client-{i}", RecordAccess.Read)).Outcome);
        }

        Assert.Equal(RecordOutcome.OverLimit, (await ShareAsync("one-more", RecordAccess.Read)).Outcome);
        Assert.Equal(RecordOutcome.Done, (await ShareAsync("client-7", RecordAccess.Write)).Outcome);
        Assert.Equal(RecordOutcome.Done, (await ShareAsync("client-8", RecordAccess.None)).Outcome);
        Assert.Equal(RecordOutcome.Done, (await ShareAsync("one-more", RecordAccess.Read)).Outcome);
    }

    private static void Check(string what, int count)
    {
        switch (what)
        {
            case "characters of a key":
                RecordArguments.CheckTransaction([], [Write(new string('k', count), 1)]);
                break;
            case "characters of a key that is read for a write":
                RecordArguments.CheckTransaction([new(new string('k', count), 0)], [Write("k", 1)]);
                break;
            case "characters of a key that is read":
                RecordArguments.CheckKeys([new string('k', count)]);
                break;
            case "characters of a prefix":
                RecordArguments.CheckQuery(new string('k', count), 1);
                break;
            case "bytes of a value":
                RecordArguments.CheckTransaction([], [Write("k", count)]);
                break;
            case "bytes of a value beyond ASCII":
                RecordArguments.CheckTransaction([], [new("k", RecordBench.Json($"\"{new string('é', (count - 2) / 2)}{new string('x', count % 2)}\""), null)]);
                break;
            case "bytes of a transaction":
                RecordArguments.CheckTransaction([], [.. Sizes(count).Select((bytes, i) => Write($"k{i}", bytes))]);
                break;
            case "writes":
                RecordArguments.CheckTransaction([], [.. Enumerable.Range(0, count).Select(i => Write($"k{i}", 1))]);
                break;
            case "versions that a write rests on":
                RecordArguments.CheckTransaction([.. Enumerable.Range(0, count).Select(i => new RecordRead($"k{i}", 0))], [Write("k", 1)]);
                break;
            case "keys that are read":
                RecordArguments.CheckKeys([.. Enumerable.Range(0, count).Select(i => $"k{i}")]);
                break;
            case "records of a page":
                RecordArguments.CheckQuery("", count);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(what));
        }
    }

    /// <summary>Values that a write may carry, of so many bytes together.</summary>
    private static IEnumerable<int> Sizes(int bytes)
    {
        const int Each = 50_000;
        return [.. Enumerable.Repeat(Each, bytes / Each), bytes % Each];
    }

    /// <summary>A write of a value of so many bytes: a number, or a text.</summary>
    private static RecordWrite Write(string key, int bytes) =>
        new(key, RecordBench.Json(bytes == 1 ? "1" : $"\"{new string('x', bytes - 2)}\""), null);

    private Task<RecordReply> QueryAsync(string? after) =>
        _bench.ExecuteAsync(new RecordRequest(RecordOperation.Query, RecordBench.Alice) { After = after });

    private Task<RecordReply> ShareAsync(string client, RecordAccess access) => _bench.ExecuteAsync(
        new RecordRequest(RecordOperation.Share, RecordBench.Alice) { Id = Guid.NewGuid(), Grant = new RecordGrant(client, access) });
}
