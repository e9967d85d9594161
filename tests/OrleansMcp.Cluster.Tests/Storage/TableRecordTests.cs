using OrleansMcp.Records;
using OrleansMcp.Records.Log;
using OrleansMcp.Storage.AzureTables.Records;
using OrleansMcp.Storage.AzureTables.Tables;
using OrleansMcp.Tests.Records;
using static OrleansMcp.Tests.Records.CommitWriter;

namespace OrleansMcp.Cluster.Tests.Storage;

/// <summary>Namespaces of records in a real table, beyond what every store does.</summary>
public sealed class TableRecordTests(TableServer server) : IClassFixture<TableServer>
{
    private readonly RecordSpaceKey _key = RecordSpaceKey.Parse($"acme/alice/n{Guid.NewGuid():n}");
    private readonly CommitWriter _writer = new();

    [Fact]
    public async Task Looking_creates_nothing()
    {
        Assert.Null(await Open().LoadAsync(default));
        Assert.Empty(await server.RowsAsync(TableNames.Records, RecordRows.Partition(_key)));
    }

    [Fact]
    public async Task A_record_that_comes_and_goes_within_one_write_leaves_no_row()
    {
        var log = Open();
        await log.LoadAsync(default);
        await _writer.AppendAsync(log, Put("old", "1"));
        await _writer.AppendAsync(log, Put("new", "1"), Delete("new"), Put("old", "2"), Delete("old"));
        Assert.Empty((await Open().LoadAsync(default))!.Records);
        Assert.Single(await server.RowsAsync(TableNames.Records, RecordRows.Partition(_key)));
    }

    [Theory]
    [InlineData("a record", "Tenant", "globex")]
    [InlineData("a record", "Owner", "bob")]
    [InlineData("a record", "Namespace", "other")]
    [InlineData("a record", "Key", "another")]
    [InlineData("the head", "Tenant", "globex")]
    [InlineData("the head", "Owner", "bob")]
    [InlineData("the head", "Namespace", "other")]
    public async Task A_row_that_names_another_owner_is_not_read(string what, string column, string value)
    {
        var log = Open();
        await log.LoadAsync(default);
        await _writer.AppendAsync(log, Put("k", "1"));
        var row = (await server.RowsAsync(TableNames.Records, RecordRows.Partition(_key))).Single(one => one.RowKey == RecordRows.Head == (what == "the head"));
        row[column] = value;
        await server.Tables.GetTableClient(TableNames.Records).UpdateEntityAsync(row, Azure.ETag.All, Azure.Data.Tables.TableUpdateMode.Replace);
        await Assert.ThrowsAsync<RecordLogForeignException>(async () => await Open().LoadAsync(default));
    }

    [Theory]
    [InlineData(Fault.Busy)]
    [InlineData(Fault.Silent)]
    [InlineData(Fault.NoCredential)]
    public async Task Records_that_cannot_be_reached_are_said_to_be_so_whatever_keeps_them(Fault fault)
    {
        var line = new TableLine();
        line.Cut(fault);
        await Assert.ThrowsAsync<IOException>(async () => await new TableRecordStore(server.Through(line)).Open(_key).LoadAsync(default));
        Assert.True(line.Failed > 0);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_write_whose_answer_was_lost_is_looked_up(bool happened)
    {
        var line = new TableLine();
        var log = new TableRecordStore(server.Through(line)).Open(_key);
        await log.LoadAsync(default);
        await _writer.AppendAsync(log, Put("k", "1"));
        if (happened)
        {
            line.LosesAnswersOfWrites = true;
            await _writer.AppendAsync(log, Put("k", "2"));
            line.LosesAnswersOfWrites = false;
            await _writer.AppendAsync(log, Put("k", "3"));
            Assert.Equal("3", Assert.Single((await Open().LoadAsync(default))!.Records).Value.GetRawText());
        }
        else
        {
            line.RefusesWrites = true;
            await Assert.ThrowsAsync<IOException>(() => _writer.AppendAsync(log, Put("k", "2")));
            line.RefusesWrites = false;
            _writer.Version = 1;
            await _writer.AppendAsync(log, Put("k", "4"));
            Assert.Equal("4", Assert.Single((await Open().LoadAsync(default))!.Records).Value.GetRawText());
        }
    }

    private IRecordLog Open() => new TableRecordStore(server.Tables).Open(_key);
}
