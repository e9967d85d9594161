using OrleansMcp.Storage.Sqlite.Database;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Storage.Tests.Sqlite;

/// <summary>Groups of writes: what is acknowledged, what is taken back, and what waits.</summary>
public sealed class WriterTests : IDisposable
{
    private readonly SqliteStore _store = new();

    private StoreWriter Writer => _store.Database.Writer;

    public void Dispose() => _store.Dispose();

    [Fact]
    public async Task An_acknowledged_write_is_seen_by_every_reader_and_by_the_next_process()
    {
        await WriteAsync("a", 1);
        Assert.Equal(1, await ReadAsync("a"));
        _store.Reopen();
        Assert.Equal(1, await ReadAsync("a"));
    }

    [Fact]
    public async Task A_unit_that_is_refused_is_taken_back_alone()
    {
        using var gate = new ManualResetEventSlim();
        var first = HoldAsync(gate);
        var group = Enumerable.Range(0, 10).Select(number => Writer.RunAsync(1, connection =>
        {
            Meta.Write(connection, $"n{number}", number);
            return number == 5 ? throw new InvalidOperationException("refused") : true;
        })).ToList();
        gate.Set();
        await first;
        Assert.Equal("refused", (await Assert.ThrowsAsync<InvalidOperationException>(() => group[5])).Message);
        await Task.WhenAll(group.Where((_, number) => number != 5)).InTime("the others were written");
        for (var number = 0; number < group.Count; number++)
        {
            Assert.Equal(number == 5 ? null : number, await ReadAsync($"n{number}"));
        }
    }

    [Fact]
    public async Task A_unit_that_the_table_does_not_take_is_taken_back_alone()
    {
        using var gate = new ManualResetEventSlim();
        var first = HoldAsync(gate);
        var refused = Writer.RunAsync(1, static connection =>
        {
            Meta.Write(connection, "refused", 1);
            return connection.Prepare("INSERT INTO ledgers (tenant, version) VALUES ('acme', 1)").Run();
        });
        var other = WriteAsync("other", 1);
        gate.Set();
        await Assert.ThrowsAsync<IOException>(() => refused);
        await other;
        await first;
        Assert.Equal((null, 1), (await ReadAsync("refused"), await ReadAsync("other")));
    }

    [Fact]
    public async Task What_waits_is_bounded_in_bytes_and_goes_on_in_its_order()
    {
        using var gate = new ManualResetEventSlim();
        var first = HoldAsync(gate);
        var order = new List<int>();
        var writes = Enumerable.Range(0, 8).Select(number => Writer.RunAsync(_store.Options.MaxQueuedBytes / 3, connection =>
        {
            order.Add(number);
            return true;
        })).ToList();
        Assert.True(Writer.QueuedBytes <= _store.Options.MaxQueuedBytes, $"{Writer.QueuedBytes} bytes wait.");
        Assert.True(Writer.QueuedBytes > _store.Options.MaxQueuedBytes / 2, "Nothing waits.");
        gate.Set();
        await Task.WhenAll([first, .. writes]).InTime("all were written");
        Assert.Equal(Enumerable.Range(0, 8), order);
        Assert.Equal(0, Writer.QueuedBytes);
    }

    [Fact]
    public async Task A_unit_that_is_larger_than_the_bound_is_written_alone() =>
        Assert.True(await Writer.RunAsync(_store.Options.MaxQueuedBytes * 2, static _ => true).InTime("it was written"));

    [Fact]
    public async Task What_was_let_in_is_written_when_the_process_ends_and_what_comes_later_is_refused()
    {
        using var gate = new ManualResetEventSlim();
        var first = HoldAsync(gate);
        var written = WriteAsync("a", 1);
        var closing = Task.Run(_store.Close);
        gate.Set();
        await closing.InTime("the store was closed");
        await first;
        await written;
        await Assert.ThrowsAsync<IOException>(() => WriteAsync("b", 1));
        _store.Reopen();
        Assert.Equal((1, null), (await ReadAsync("a"), await ReadAsync("b")));
    }

    /// <summary>A unit that keeps the writer until the gate opens, so that those that come meanwhile are one group.</summary>
    private Task<bool> HoldAsync(ManualResetEventSlim gate)
    {
        var running = new TaskCompletionSource();
        var held = Writer.RunAsync(1, _ =>
        {
            running.SetResult();
            return gate.Wait(Eventually.Deadline);
        });
        Assert.True(running.Task.Wait(Eventually.Deadline));
        return held;
    }

    private Task<bool> WriteAsync(string name, long value) => Writer.RunAsync(1, connection =>
    {
        Meta.Write(connection, name, value);
        return true;
    });

    private Task<long?> ReadAsync(string name) => _store.Database.Readers.RunAsync(connection => Meta.Read(connection, name), default);
}
