using OrleansMcp.Records;
using OrleansMcp.Records.Log;
using OrleansMcp.Sessions;

namespace OrleansMcp.Tests.Records;

/// <summary>The second layer: what a store lets in and out, whatever the actor before it concluded.</summary>
public sealed class RecordGuardTests
{
    private static readonly RecordSpaceKey s_key = RecordSpaceKey.Parse("acme/alice/orders");
    private readonly RecordGuard _guard = new(s_key);

    public static TheoryData<string, string, RecordAccess, bool> Writers { get; } = new()
    {
        { "acme", "alice", RecordAccess.None, true },
        { "acme", "bob", RecordAccess.Write, true },
        { "acme", "bob", RecordAccess.Read, false },
        { "acme", "bob", RecordAccess.None, false },
        { "globex", "alice", RecordAccess.None, false },
        { "globex", "bob", RecordAccess.Write, false },
    };

    [Theory]
    [MemberData(nameof(Writers))]
    public void Only_the_owner_and_whom_it_lets_write_get_through(string tenant, string client, RecordAccess granted, bool passes)
    {
        _guard.Read("acme", "alice", "orders", granted == RecordAccess.None ? [] : [new RecordGrant("bob", granted)]);
        var commit = Commit(1, tenant, client);
        if (passes)
        {
            _guard.Write([commit])();
        }
        else
        {
            Assert.Throws<RecordLogForeignException>(() => _guard.Write([commit]));
        }
    }

    [Fact]
    public void A_grant_counts_from_the_transaction_that_made_it_to_the_one_that_ended_it()
    {
        _guard.Read("acme", "alice", "orders", []);
        var (give, his, take) = (Commit(1, "acme", "alice") with { Grants = [new("bob", RecordAccess.Write)] }, Commit(2, "acme", "bob"), Commit(3, "acme", "alice") with { Grants = [] });
        Assert.Throws<RecordLogForeignException>(() => _guard.Write([his, give]));
        _guard.Write([give, his, take])();
        Assert.Throws<RecordLogForeignException>(() => _guard.Write([Commit(4, "acme", "bob")]));
    }

    [Fact]
    public void What_was_not_written_grants_nothing()
    {
        _guard.Read("acme", "alice", "orders", []);
        _guard.Write([Commit(1, "acme", "alice") with { Grants = [new("bob", RecordAccess.Write)] }]); // and then the disk was full
        Assert.Throws<RecordLogForeignException>(() => _guard.Write([Commit(1, "acme", "bob")]));
    }

    [Fact]
    public void Only_the_owner_changes_grants()
    {
        _guard.Read("acme", "alice", "orders", [new RecordGrant("bob", RecordAccess.Write)]);
        Assert.Throws<RecordLogForeignException>(() => _guard.Write([Commit(1, "acme", "bob") with { Grants = [new("bob", RecordAccess.Write)] }]));
    }

    [Fact]
    public void Only_the_owner_changes_the_schema()
    {
        _guard.Read("acme", "alice", "orders", [new RecordGrant("bob", RecordAccess.Write)]);
        Assert.Throws<RecordLogForeignException>(() => _guard.Write([Commit(1, "acme", "bob") with { Schema = new RecordSchemaChange(Schema: null) }]));
    }

    [Theory]
    [InlineData("author")]
    [InlineData("transaction")]
    [InlineData("version")]
    public void A_record_names_the_author_and_the_transaction_that_it_came_with(string wrong)
    {
        _guard.Read("acme", "alice", "orders", []);
        var commit = Commit(1, "acme", "alice");
        var put = commit.Puts[0];
        put = wrong switch
        {
            "author" => put with { LastModifiedBy = "bob" },
            "transaction" => put with { Transaction = Guid.NewGuid() },
            _ => put with { Version = 7 },
        };
        Assert.Throws<RecordLogForeignException>(() => _guard.Write([commit with { Puts = [put] }]));
    }

    [Theory]
    [InlineData("globex", "alice", "orders")]
    [InlineData("acme", "bob", "orders")]
    [InlineData("acme", "alice", "other")]
    public void What_is_stored_under_the_key_must_be_the_keys(string tenant, string owner, string name) =>
        Assert.Throws<RecordLogForeignException>(() => _guard.Read(tenant, owner, name, []));

    [Theory]
    [InlineData("acme/alice")]
    [InlineData("acme/alice/orders/x")]
    [InlineData("/alice/orders")]
    [InlineData("acme//orders")]
    [InlineData("acme/alice/")]
    [InlineData("Acme/alice/orders")]
    [InlineData("acme/_operators/cutoffs")]
    [InlineData("acme/alice/..")]
    public void No_key_is_read_back_without_all_that_it_is_made_of(string text) => Assert.Throws<FormatException>(() => RecordSpaceKey.Parse(text));

    [Theory]
    [InlineData("orders", "acme/alice/orders")]
    [InlineData("bob/orders", "acme/bob/orders")]
    [InlineData("a.b_c-1", "acme/alice/a.b_c-1")]
    [InlineData("globex/carol/orders", null)]
    [InlineData("_operators/cutoffs", null)]
    [InlineData("bob/", null)]
    [InlineData("/orders", null)]
    [InlineData("..", null)]
    [InlineData(".orders", null)]
    [InlineData("orders\n", null)]
    [InlineData("Orders", null)]
    [InlineData("örders", null)]
    public void A_caller_names_namespaces_of_its_own_tenant_and_no_others(string name, string? key)
    {
        var isOne = RecordSpaceKey.TryOf(new Caller("acme", "alice", "alice"), name, out var found);
        Assert.Equal((key is not null, key), (isOne, found?.Value));
    }

    private static RecordCommit Commit(long version, string tenant, string client)
    {
        var (id, at) = (Guid.NewGuid(), new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
        return new RecordCommit(version, id, new RecordAuthor(tenant, client, client, "session"), at)
        {
            Puts =
            [
                new OrleansMcp.Record
                {
                    Key = "k", Value = RecordBench.Json("1"), Version = version, Transaction = id, CreatedBy = client, CreatedAt = at,
                    LastModifiedBy = client, ModifiedAt = at, Session = "session",
                },
            ],
        };
    }
}
