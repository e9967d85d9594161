using Orleans;
using Orleans.Runtime;
using OrleansMcp.Sessions.State;
using OrleansMcp.Tests.Durability;

namespace OrleansMcp.Storage.Tests.Sqlite;

/// <summary>A disk that is full, and then is not; a real one.</summary>
public sealed class FullDiskTests
{
    [Fact]
    public async Task What_a_full_disk_does_not_take_fails_and_what_was_acknowledged_stays()
    {
        using var disk = TinyDisk.Mount();
        using var store = new SqliteStore(Path.Combine(disk.Path, "data"));
        var state = await StoreContent.OpenAsync(store, StoreContent.Session, "acme", new byte[100]);
        disk.Fill();
        var acknowledged = await WriteUntilItFailsAsync(store, state);
        var failures = await Task.WhenAll(Enumerable.Range(0, 8).Select(number => FailureAsync(store, GrainId.Create("session", $"s-{number + 10}"))));
        Assert.All(failures, failure => Assert.Contains("is full: nothing was written", failure.Message, StringComparison.Ordinal));
        Assert.Equal(acknowledged, await EpochAsync(store));

        disk.Free();
        state.State = Of(acknowledged + 1);
        await store.Sessions.WriteStateAsync("session", StoreContent.Session, state);
        store.Reopen();
        Assert.Equal(acknowledged + 1, await EpochAsync(store));
        Assert.Null(store.Damage);
    }

    [Fact]
    public void A_disk_that_is_read_only_is_not_taken_for_a_second_server()
    {
        using var disk = TinyDisk.Mount();
        using (var remount = System.Diagnostics.Process.Start("mount", ["-o", "remount,ro", disk.Path]))
        {
            remount.WaitForExit();
        }

        var refused = Assert.ThrowsAny<IOException>(() => new SqliteStore(disk.Path));
        Assert.IsNotType<OrleansMcp.Storage.Sqlite.Folders.DataFolderLockedException>(refused);
        Assert.Contains("ead-only", refused.Message, StringComparison.Ordinal);
    }

    private static StoredSession Of(long epoch) => new() { Tenant = "acme", Client = "alice", Epoch = epoch, Record = new byte[20_000] };

    private static async Task<long> WriteUntilItFailsAsync(SqliteStore store, GrainState<StoredSession> state)
    {
        for (var epoch = state.State!.Epoch; ;)
        {
            state.State = Of(epoch + 1);
            try
            {
                await store.Sessions.WriteStateAsync("session", StoreContent.Session, state);
                epoch++;
            }
            catch (IOException)
            {
                return epoch;
            }
        }
    }

    private static Task<IOException> FailureAsync(SqliteStore store, GrainId grain) =>
        Assert.ThrowsAsync<IOException>(() => store.Sessions.WriteStateAsync("session", grain, new GrainState<StoredSession> { State = Of(1) }));

    private static async Task<long> EpochAsync(SqliteStore store)
    {
        var read = new GrainState<StoredSession>();
        await store.Sessions.ReadStateAsync("session", StoreContent.Session, read);
        return read.State!.Epoch;
    }
}
