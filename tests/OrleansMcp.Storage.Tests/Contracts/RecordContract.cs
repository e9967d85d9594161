using System.Text.Json;
using OrleansMcp.Records;
using OrleansMcp.Records.Log;
using OrleansMcp.Tests.Records;
using static OrleansMcp.Tests.Records.CommitWriter;

namespace OrleansMcp.Storage.Tests.Contracts;

/// <summary>What every store does with namespaces of records.</summary>
public abstract class RecordContract(StoreUnderTest store)
{
    private readonly RecordSpaceKey _key = RecordSpaceKey.Parse($"acme/alice/n{Guid.NewGuid():n}");
    private readonly CommitWriter _writer = new();

    [Fact]
    public async Task What_was_appended_is_read_again()
    {
        var log = Open();
        Assert.Null(await log.LoadAsync(default));
        await _writer.AppendAsync(log, Put("a/1 #?\\%é", "{\"x\":[1.10,null]}"), Put(new string('k', 256), "1"), Put("gone", "1"));
        await _writer.AppendAsync(log, Delete("gone"), Share("bob"));
        var image = (await Open().LoadAsync(default))!;
        Assert.Equal((5, "bob"), (image.Version, Assert.Single(image.Grants).Client));
        Assert.Equal(["a/1 #?\\%é", new string('k', 256)], image.Records.Select(record => record.Key).Order(StringComparer.Ordinal));
        var record = image.Records.Single(one => one.Key.StartsWith('a'));
        Assert.Equal(("{\"x\":[1.10,null]}", "alice", 1), (record.Value.GetRawText(), record.LastModifiedBy, record.Version));
        Assert.Equal(2, image.Recent.Count);
    }

    [Fact]
    public async Task Looking_creates_nothing()
    {
        Assert.Null(await Open().LoadAsync(default));
        Assert.Null(await Open().LoadAsync(default));
    }

    [Fact]
    public async Task A_grant_that_was_taken_back_stays_taken_back()
    {
        var log = Open();
        await log.LoadAsync(default);
        await _writer.AppendAsync(log, Put("k", "1"), Share("bob"));
        await _writer.AppendAsync(log, commit => commit with { Grants = [] });
        await _writer.AppendAsync(log, Put("k", "2"));
        Assert.Empty((await Open().LoadAsync(default))!.Grants);
    }

    [Fact]
    public async Task A_schema_is_kept_beside_the_grants_until_it_is_replaced_or_removed()
    {
        var log = Open();
        await log.LoadAsync(default);
        var schema = JsonDocument.Parse($$"""{"type":"object","description":"{{new string('d', 15_000)}}"}""").RootElement.Clone();
        await _writer.AppendAsync(log, commit => commit with { Schema = new RecordSchemaChange(schema) }, Share("bob"));
        await _writer.AppendAsync(log, Put("k", "1"));
        var image = (await Open().LoadAsync(default))!;
        Assert.Equal((schema.GetRawText(), "bob"), (image.Schema!.Value.GetRawText(), Assert.Single(image.Grants).Client));
        var next = Open();
        await next.LoadAsync(default);
        await _writer.AppendAsync(next, commit => commit with { Schema = new RecordSchemaChange(Schema: null) });
        image = (await Open().LoadAsync(default))!;
        Assert.Null(image.Schema);
        Assert.Single(image.Grants);
    }

    [Fact]
    public async Task The_largest_transaction_is_taken()
    {
        var log = Open();
        await log.LoadAsync(default);
        var value = $"\"{new string('x', 11_000)}\"";
        await _writer.AppendAsync(log, commit => commit with { Puts = [.. Enumerable.Range(0, RecordLimits.Writes).Select(number => Record(commit, $"k{number}", value))] });
        await _writer.AppendAsync(log, Put("big", $"\"{new string('x', RecordLimits.ValueBytes - 2)}\""));
        Assert.Equal(RecordLimits.Writes + 1, (await Open().LoadAsync(default))!.Records.Count);
    }

    [Fact]
    public async Task A_record_that_comes_and_goes_within_one_write_is_not_there()
    {
        var log = Open();
        await log.LoadAsync(default);
        await _writer.AppendAsync(log, Put("old", "1"));
        await _writer.AppendAsync(log, Put("new", "1"), Delete("new"), Put("old", "2"), Delete("old"));
        var next = Open();
        Assert.Empty((await next.LoadAsync(default))!.Records);
        await _writer.AppendAsync(next, Put("old", "3"));
        Assert.Equal("3", Assert.Single((await Open().LoadAsync(default))!.Records).Value.GetRawText());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Of_two_actors_the_one_that_read_last_may_write(bool blank)
    {
        var former = Open();
        await former.LoadAsync(default);
        if (!blank)
        {
            await _writer.AppendAsync(former, Put("k", "1"));
        }

        var latter = Open();
        await latter.LoadAsync(default);
        if (blank)
        {
            await _writer.AppendAsync(latter, Put("k", "1"));
            _writer.Version--;
        }

        await Assert.ThrowsAsync<RecordLogLostException>(() => _writer.AppendAsync(former, Put("k", "2")));
        _writer.Version = 1;
        await _writer.AppendAsync(latter, Put("k", "3"));
        Assert.Equal("3", Assert.Single((await Open().LoadAsync(default))!.Records).Value.GetRawText());
    }

    [Fact]
    public async Task A_write_by_a_client_without_a_right_does_not_reach_the_store()
    {
        var log = Open();
        await log.LoadAsync(default);
        await _writer.AppendAsync(log, Put("k", "1"), Share("bob"));
        await Assert.ThrowsAsync<RecordLogForeignException>(() => _writer.AppendAsync(
            log, commit => commit with { Author = new RecordAuthor("acme", "bob", "bob", "s"), Deletes = ["k"] }));
        Assert.Equal("k", Assert.Single((await Open().LoadAsync(default))!.Records).Key);
    }

    [Fact]
    public async Task A_damaged_record_stops_its_namespace_and_no_other()
    {
        var log = Open();
        await log.LoadAsync(default);
        await _writer.AppendAsync(log, Put("k", "1"), Put("l", "2"));
        await store.DamageRecordAsync(_key.Value, "k");
        var thrown = await Assert.ThrowsAnyAsync<Exception>(async () => await Open().LoadAsync(default));
        Assert.True(thrown is StoreDamagedException or InvalidDataException, thrown.ToString());
        Assert.Null(await store.Records.Open(RecordSpaceKey.Parse(_key.Value + "-other")).LoadAsync(default));
    }

    private IRecordLog Open() => store.Records.Open(_key);
}
