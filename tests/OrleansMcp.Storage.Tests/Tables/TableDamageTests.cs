using Azure;
using Azure.Data.Tables;
using OrleansMcp.Quotas;
using OrleansMcp.Storage.AzureTables.Records;
using OrleansMcp.Storage.AzureTables.Tables;
using OrleansMcp.Storage.Tests.Damage;

namespace OrleansMcp.Storage.Tests.Tables;

/// <summary>Damage of rows in tables that would hand something out again.</summary>
[Collection(TableCollection.Name)]
public sealed class TableDamageTests(TableStore store)
{
    private readonly TenantContent _one = new($"one{Guid.NewGuid():n}"[..16]);
    private readonly TenantContent _other = new($"two{Guid.NewGuid():n}"[..16]);

    [Fact]
    public async Task A_ledger_without_content_or_with_that_of_another_tenant_is_damaged_and_not_a_new_one()
    {
        await SpendAsync(_one, 9);
        await SpendAsync(_other, 1);
        var (row, others) = (await LedgerAsync(_one), await LedgerAsync(_other));
        foreach (var content in (byte[][])[[], (byte[])others["Data"]])
        {
            row["Data"] = content;
            await store.Table(TableNames.Sessions).UpdateEntityAsync(row, ETag.All, TableUpdateMode.Replace);
            await Assert.ThrowsAsync<InvalidDataException>(async () => await store.Ledgers.Open(_one.Tenant).LoadAsync(default));
        }

        Assert.Equal(1, Assert.Single((await store.Ledgers.Open(_other.Tenant).LoadAsync(default))!.Tenant));
    }

    [Theory]
    [InlineData("a record is lost")]
    [InlineData("a record is one of before")]
    [InlineData("the head is one of before")]
    [InlineData("the head is lost")]
    [InlineData("a grant is another client's")]
    public async Task A_namespace_that_fell_back_is_not_served(string damage)
    {
        await _one.BeginAsync(store, filling: 0);
        var (records, table) = (await RecordsAsync(), store.Table(TableNames.Records));
        await _one.EndAsync(store);
        var now = await RecordsAsync();
        var head = now.Single(static row => row.RowKey == RecordRows.Head);
        await (damage switch
        {
            "a record is lost" => table.DeleteEntityAsync(now.First(row => row != head)),
            "a record is one of before" => table.UpsertEntityAsync(records.Single(static row => row.GetString("Key") == "changed"), TableUpdateMode.Replace),
            "the head is one of before" => table.UpsertEntityAsync(records.Single(static row => row.RowKey == RecordRows.Head), TableUpdateMode.Replace),
            "the head is lost" => table.DeleteEntityAsync(head),
            _ => table.UpsertEntityAsync(new TableEntity(head) { ["Rules"] = "{\"grants\":[{\"client\":\"mallory\",\"access\":2}]}"u8.ToArray() }, TableUpdateMode.Replace),
        });
        var thrown = await Assert.ThrowsAsync<StoreDamagedException>(async () => await store.Records.Open(_one.Space).LoadAsync(default));
        Assert.Contains("Bring it back from a copy of the table", thrown.Message, StringComparison.Ordinal);
    }

    private async Task SpendAsync(TenantContent content, long spent)
    {
        var ledger = store.Ledgers.Open(content.Tenant);
        await ledger.LoadAsync(default);
        await ledger.SaveAsync(new LedgerRecord { Window = 1, Tenant = [spent] }, default);
    }

    private async Task<TableEntity> LedgerAsync(TenantContent content) =>
        Assert.Single(await store.RowsAsync(TableNames.Sessions, row => row.PartitionKey.Contains(content.Tenant, StringComparison.Ordinal)));

    private Task<List<TableEntity>> RecordsAsync() => store.RowsAsync(TableNames.Records, row => row.PartitionKey == RecordRows.Partition(_one.Space));
}
