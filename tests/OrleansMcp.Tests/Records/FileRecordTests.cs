using Microsoft.Extensions.Logging.Abstractions;
using OrleansMcp.Embedded.Files;
using OrleansMcp.Embedded.Records;
using OrleansMcp.Records;
using OrleansMcp.Records.Log;
using OrleansMcp.Tests.Durability;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Records;

/// <summary>A namespace as a file: what a crash, a full disk or a stranger's hand leaves of it.</summary>
public sealed class FileRecordTests : IAsyncDisposable
{
    private readonly ScratchFolder _scratch = new();
    private readonly WriteQueue _queue = new();
    private readonly FaultyDisk _disk = new();
    private readonly DataFolder _folder;
    private readonly FileRecordStore _store;
    private readonly RecordSpaceKey _key = RecordSpaceKey.Parse("acme/alice/orders");
    private IRecordLog? _log;
    private long _version;

    public FileRecordTests()
    {
        _folder = DataFolder.Open(_scratch.Path);
        _store = new FileRecordStore(_folder, _queue, _disk, NullLogger<FileRecordStore>.Instance);
    }

    private string FilePath => Path.Combine(_scratch.Path, "records", "acme", "alice", "orders.records");

    public async ValueTask DisposeAsync()
    {
        await (_log?.DisposeAsync() ?? default);
        await _queue.DisposeAsync();
        _folder.Dispose();
        _scratch.Dispose();
    }

    [Fact]
    public async Task Nothing_is_created_by_looking()
    {
        Assert.Null(await OpenAsync());
        Assert.False(Directory.Exists(Path.GetDirectoryName(FilePath)));
    }

    [Fact]
    public async Task What_was_appended_is_read_again()
    {
        await OpenAsync();
        await AppendAsync(Put("a", 1), Put("b", 2));
        await AppendAsync(Delete("a"), Share("bob"));
        var image = (await OpenAsync())!;
        Assert.Equal((4, "b", "bob"), (image.Version, Assert.Single(image.Records).Key, Assert.Single(image.Grants).Client));
        Assert.Equal(4, image.Recent.Count);
    }

    [Fact]
    public async Task A_file_that_was_cut_short_anywhere_in_its_last_write_is_what_it_was_before()
    {
        await OpenAsync();
        await AppendAsync(Put("a", 1));
        var before = new FileInfo(FilePath).Length;
        await AppendAsync(Put("a", 2));
        var whole = await File.ReadAllBytesAsync(FilePath, TestContext.Current.CancellationToken);
        for (var length = before; length < whole.Length; length++)
        {
            await CloseAsync();
            await File.WriteAllBytesAsync(FilePath, whole[..(int)length], TestContext.Current.CancellationToken);
            var image = (await OpenAsync())!;
            Assert.Equal((1, "1"), (image.Version, image.Records[0].Value.GetRawText()));
            Assert.Equal(before, new FileInfo(FilePath).Length);
        }

        _version = 1;
        await AppendAsync(Put("a", 3));
        Assert.Equal("3", (await OpenAsync())!.Records[0].Value.GetRawText());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_line_that_was_changed_before_the_end_is_damage_and_nothing_is_thrown_away(int line)
    {
        await OpenAsync();
        await AppendAsync(Put("a", 1), Put("b", 2), Put("c", 3));
        await CloseAsync();
        var content = await File.ReadAllBytesAsync(FilePath, TestContext.Current.CancellationToken);
        var at = 0;
        for (var i = 0; i < line; i++)
        {
            at = Array.IndexOf(content, (byte)'\n', at) + 1;
        }

        content[at + 40] ^= 1;
        await File.WriteAllBytesAsync(FilePath, content, TestContext.Current.CancellationToken);
        await Assert.ThrowsAsync<InvalidDataException>(() => OpenAsync());
        Assert.Equal(content, await File.ReadAllBytesAsync(FilePath, TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("one removed")]
    [InlineData("one doubled")]
    [InlineData("two exchanged")]
    [InlineData("head removed")]
    [InlineData("head doubled")]
    public async Task Whole_lines_that_are_not_where_they_were_written_are_damage(string change)
    {
        await OpenAsync();
        await AppendAsync(Put("a", 1), Put("a", 2), Put("a", 3));
        await CloseAsync();
        var lines = (await File.ReadAllLinesAsync(FilePath, TestContext.Current.CancellationToken)).ToList();
        switch (change)
        {
            case "one removed":
                lines.RemoveAt(2);
                break;
            case "one doubled":
                lines.Insert(2, lines[2]);
                break;
            case "two exchanged":
                (lines[1], lines[2]) = (lines[2], lines[1]);
                break;
            case "head removed":
                lines.RemoveAt(0);
                break;
            default:
                lines.Insert(2, lines[0]);
                break;
        }

        var content = string.Join('\n', lines) + '\n';
        await File.WriteAllTextAsync(FilePath, content, TestContext.Current.CancellationToken);
        await Assert.ThrowsAsync<InvalidDataException>(() => OpenAsync());
        Assert.Equal(content, await File.ReadAllTextAsync(FilePath, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_write_by_a_client_without_a_right_does_not_reach_the_file()
    {
        await OpenAsync();
        await AppendAsync(Put("a", 1), Share("bob"));
        var before = await File.ReadAllBytesAsync(FilePath, TestContext.Current.CancellationToken);
        await Assert.ThrowsAsync<RecordLogForeignException>(() => AppendAsync(commit => commit with { Author = RecordBench.Bob, Deletes = ["a"] }));
        Assert.Equal(before, await File.ReadAllBytesAsync(FilePath, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_file_of_another_namespace_in_its_place_is_not_read()
    {
        await OpenAsync();
        await AppendAsync(Put("a", 1));
        await CloseAsync();
        var other = RecordSpaceKey.Parse("acme/bob/orders");
        Directory.CreateDirectory(Path.Combine(_scratch.Path, "records", "acme", "bob"));
        File.Copy(FilePath, Path.Combine(_scratch.Path, "records", "acme", "bob", "orders.records"));
        await using var log = _store.Open(other);
        await Assert.ThrowsAsync<RecordLogForeignException>(async () => await log.LoadAsync(default));
    }

    [Fact]
    public async Task A_disk_that_fills_up_leaves_what_was_acknowledged_and_takes_more_later()
    {
        await OpenAsync();
        await AppendAsync(Put("a", 1));
        _disk.Fails = FaultyDisk.Step.Append;
        await Assert.ThrowsAsync<IOException>(() => AppendAsync(Put("a", 2)));
        _disk.Fails = null;
        _version = 1;
        await AppendAsync(Put("a", 3));
        var image = (await OpenAsync())!;
        Assert.Equal((2, "3"), (image.Version, image.Records[0].Value.GetRawText()));
    }

    [Fact]
    public async Task A_disk_that_cannot_even_be_cut_back_ends_the_log_and_the_next_one_begins_with_what_was_acknowledged()
    {
        await OpenAsync();
        await AppendAsync(Put("a", 1));
        _disk.Fails = FaultyDisk.Step.Cut;
        await Assert.ThrowsAsync<RecordLogLostException>(() => AppendAsync(Put("a", 2)));
        await Assert.ThrowsAnyAsync<IOException>(() => OpenAsync());
        _disk.Fails = null;
        Assert.Equal("1", (await OpenAsync())!.Records[0].Value.GetRawText());
    }

    [Theory]
    [InlineData(FaultyDisk.Step.Write)]
    [InlineData(FaultyDisk.Step.Rename)]
    [InlineData(FaultyDisk.Step.FlushFolder)]
    internal async Task A_first_write_that_fails_can_be_made_again(FaultyDisk.Step step)
    {
        await OpenAsync();
        Directory.CreateDirectory(Path.GetDirectoryName(FilePath)!);
        _disk.Fails = step;
        await Assert.ThrowsAnyAsync<IOException>(() => AppendAsync(Put("a", 1)));
        _disk.Fails = null;
        _version = 0;
        await AppendAsync(Put("a", 2));
        Assert.Equal("2", (await OpenAsync())!.Records[0].Value.GetRawText());
    }

    [Theory]
    [InlineData(null)]
    [InlineData(FaultyDisk.Step.Write)]
    [InlineData(FaultyDisk.Step.Rename)]
    internal async Task A_file_that_is_mostly_history_is_written_anew_and_loses_nothing(FaultyDisk.Step? fails)
    {
        await OpenAsync();
        await AppendAsync(Share("bob"));
        _disk.Fails = fails;
        for (var i = 0; i < 60; i++)
        {
            await AppendAsync(Put("a", i, new string('x', 50_000)));
        }

        _disk.Fails = null;
        await AppendAsync(Put("b", 1));
        Assert.InRange(new FileInfo(FilePath).Length, 50_000, fails is null ? 2_000_000 : 4_000_000);
        var image = (await OpenAsync())!;
        Assert.Equal((62, 2, "bob"), (image.Version, image.Records.Count, image.Grants[0].Client));
        Assert.Equal(61, image.Records.Single(record => record.Key == "a").Version);
        await AppendAsync(Put("c", 1));
        Assert.Equal(3, (await OpenAsync())!.Records.Count);
    }

    private async Task<RecordImage?> OpenAsync()
    {
        await CloseAsync();
        _log = _store.Open(_key);
        return await _log.LoadAsync(TestContext.Current.CancellationToken);
    }

    private async Task CloseAsync()
    {
        await (_log?.DisposeAsync() ?? default);
        _log = null;
    }

    private Task AppendAsync(params Func<RecordCommit, RecordCommit>[] makers)
    {
        var commits = makers.Select(make => make(Next())).ToArray();
        return _log!.AppendAsync(commits, [.. commits.Select(commit => new KnownTransaction(commit.Id, commit.Version, commit.At))]).AsTask();
    }

    private RecordCommit Next() => new(++_version, Guid.NewGuid(), RecordBench.Alice, new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));

    private static Func<RecordCommit, RecordCommit> Put(string key, int value, string? text = null) => commit => commit with
    {
        Puts =
        [
            new OrleansMcp.Records.Record
            {
                Key = key, Value = RecordBench.Json(text is null ? $"{value}" : $"\"{text}\""), Version = commit.Version, Transaction = commit.Id,
                CreatedBy = "alice", CreatedAt = commit.At, LastModifiedBy = "alice", ModifiedAt = commit.At, Session = "s",
            },
        ],
    };

    private static Func<RecordCommit, RecordCommit> Delete(string key) => commit => commit with { Deletes = [key] };

    private static Func<RecordCommit, RecordCommit> Share(string client) => commit => commit with { Grants = [new(client, RecordAccess.Read)] };
}
