using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using ModelContextProtocol;
using OrleansMcp.Secrets;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Secrets;

public sealed class SecretVaultTests
{
    private static readonly SecretLimits s_limits = new(Count: 3, Bytes: 64);

    private readonly SecretVault _vault = new();

    [Fact]
    public void A_secret_is_read_through_a_callback()
    {
        Assert.Equal(SecretPut.Stored, _vault.Put("token", Pinned(1, 2, 3), s_limits));
        Assert.Equal([1, 2, 3], Read("token"));
        Assert.True(_vault.Has("token"));
        Assert.False(_vault.Has("other"));
    }

    [Fact]
    public void The_collector_never_moves_what_it_keeps()
    {
        var secret = Pinned(1, 2, 3);
        _vault.Put("token", secret, s_limits);
        var before = Address(secret);
        for (var round = 0; round < 3; round++)
        {
            GC.Collect(2, GCCollectionMode.Forced, blocking: true, compacting: true);
        }

        Assert.Equal(before, Address(secret));
        Assert.Equal(before, _vault.Use("token", 0, static (secret, _) => Address(secret)));
    }

    [Fact]
    public void A_replaced_secret_is_zeroed()
    {
        var first = Pinned(1, 2, 3);
        _vault.Put("token", first, s_limits);
        Assert.Equal(SecretPut.Replaced, _vault.Put("token", Pinned(4, 5), s_limits));
        Assert.Equal([0, 0, 0], first);
        Assert.Equal([4, 5], Read("token"));
        Assert.Equal(1, _vault.Count);
    }

    [Fact]
    public void A_removed_secret_is_zeroed()
    {
        var secret = Pinned(1, 2, 3);
        _vault.Put("token", secret, s_limits);
        Assert.True(_vault.Remove("token"));
        Assert.False(_vault.Remove("token"));
        Assert.Equal([0, 0, 0], secret);
        Assert.Equal("token", Assert.Throws<SecretUnavailableException>(() => Read("token")).Name);
    }

    [Fact]
    public void A_secret_with_a_lifetime_is_zeroed_after_it_and_takes_no_place_of_the_sessions_own()
    {
        var time = new FakeTimeProvider();
        var secret = Pinned(1, 2, 3);
        _vault.PutReferenced("server/token", secret, TimeSpan.FromSeconds(10), time);
        Assert.Equal((0, 1), (_vault.CountOwn(), _vault.Count));
        time.Advance(TimeSpan.FromSeconds(9));
        Assert.Equal([1, 2, 3], Read("server/token"));
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal([0, 0, 0], secret);
        Assert.False(_vault.Has("server/token"));
    }

    [Fact]
    public void The_end_of_one_lifetime_does_not_end_its_successors()
    {
        var time = new FakeTimeProvider();
        var second = Pinned(4, 5, 6);
        _vault.PutReferenced("server/token", Pinned(1, 2, 3), TimeSpan.FromSeconds(10), time);
        time.Advance(TimeSpan.FromSeconds(5));
        _vault.PutReferenced("server/token", second, TimeSpan.FromSeconds(10), time);
        time.Advance(TimeSpan.FromSeconds(9));
        Assert.Equal([4, 5, 6], Read("server/token"));
        Assert.Equal(1, _vault.Close());
        Assert.Equal([0, 0, 0], second);
        var late = Pinned(7);
        _vault.PutReferenced("server/token", late, TimeSpan.FromSeconds(10), time);
        Assert.Equal([0], late);
    }

    [Fact]
    public void Closing_zeroes_everything_and_says_how_much_there_was()
    {
        var (first, second) = (Pinned(1, 2, 3), Pinned(4));
        _vault.Put("first", first, s_limits);
        _vault.Put("second", second, s_limits);
        Assert.Equal(2, _vault.Close());
        Assert.Equal([0, 0, 0, 0], [.. first, .. second]);
        Assert.Equal(0, _vault.Close());
        Assert.Throws<SecretUnavailableException>(() => Read("first"));
    }

    [Fact]
    public void A_closed_vault_keeps_nothing_any_more()
    {
        _vault.Close();
        var late = Pinned(1, 2, 3);
        Assert.Equal(SecretPut.Closed, _vault.Put("token", late, s_limits));
        Assert.Equal([0, 0, 0], late);
    }

    [Fact]
    public void What_is_refused_is_zeroed_and_changes_nothing()
    {
        foreach (var name in new[] { "a", "b", "c" })
        {
            _vault.Put(name, Pinned(1), s_limits);
        }

        var (fourth, large) = (Pinned(1, 2), Pinned([.. Enumerable.Repeat((byte)7, 65)]));
        Assert.Equal(SecretPut.Full, _vault.Put("d", fourth, s_limits));
        Assert.Equal(SecretPut.BadSize, _vault.Put("a", large, s_limits));
        Assert.Equal(SecretPut.BadSize, _vault.Put("a", [], s_limits));
        Assert.All(fourth.Concat(large), one => Assert.Equal(0, one));
        Assert.Equal(SecretPut.Replaced, _vault.Put("a", Pinned(9), s_limits));
        Assert.Equal([9], Read("a"));
        Assert.Equal(3, _vault.Count);
    }

    [Fact]
    public async Task A_reader_of_a_replaced_secret_finishes_with_it_and_the_last_one_zeroes_it()
    {
        var former = Pinned(1, 2, 3);
        _vault.Put("token", former, s_limits);
        using var both = new Reader(_vault);
        using var other = new Reader(_vault);
        await both.Inside;
        await other.Inside;
        _vault.Put("token", Pinned(4), s_limits);
        Assert.Equal([1, 2, 3], former);
        Assert.Equal([1, 2, 3], await both.LeaveAsync());
        Assert.Equal([1, 2, 3], former);
        Assert.Equal([1, 2, 3], await other.LeaveAsync());
        Assert.Equal([0, 0, 0], former);
        Assert.Equal([4], Read("token"));
    }

    [Fact]
    public async Task The_end_does_not_wait_for_readers_who_see_zeros_and_are_told()
    {
        var secret = Pinned(1, 2, 3);
        _vault.Put("token", secret, s_limits);
        using var reader = new Reader(_vault);
        await reader.Inside;
        Assert.Equal(1, _vault.Close());
        Assert.Equal([0, 0, 0], secret);
        await Assert.ThrowsAsync<SecretUnavailableException>(reader.LeaveAsync);
        Assert.Equal([0, 0, 0], reader.Seen);
    }

    [Fact]
    public async Task The_end_zeroes_also_what_was_replaced_and_is_still_read()
    {
        var former = Pinned(1, 2, 3);
        _vault.Put("token", former, s_limits);
        using var reader = new Reader(_vault);
        await reader.Inside;
        _vault.Remove("token");
        Assert.Equal(0, _vault.Close());
        Assert.Equal([0, 0, 0], former);
        await Assert.ThrowsAsync<SecretUnavailableException>(reader.LeaveAsync);
    }

    [Fact]
    public async Task Readers_see_one_whole_secret_whatever_happens_at_once()
    {
        const int Length = 1024;
        const int Puts = 3000;
        var limits = new SecretLimits(4, Length);
        _vault.Put("token", Filled(1), limits);
        var writer = Start(() =>
        {
            for (var put = 0; put < Puts; put++)
            {
                _vault.Put("token", Filled((byte)(put % 250 + 1)), limits);
            }
        });
        var readers = Enumerable.Range(0, 3).Select(_ => Start(() =>
        {
            do
            {
                Assert.True(_vault.Use("token", 0, static (secret, _) => secret[0] != 0 && !secret.ContainsAnyExcept(secret[0])));
            }
            while (!writer.IsCompleted);
        }));
        await Task.WhenAll([writer, .. readers]).InTime("readers and the writer finished");
        Assert.Equal(1, _vault.Close());

        static Task Start(Action work) => Task.Factory.StartNew(work, TaskCreationOptions.LongRunning);

        static byte[] Filled(byte value)
        {
            var secret = SecretBuffer.Allocate(Length);
            secret.AsSpan().Fill(value);
            return secret;
        }
    }

    [Fact]
    public void What_a_callback_throws_is_withheld_because_it_may_quote_the_secret()
    {
        _vault.Put("token", Pinned([.. "hunter2"u8]), s_limits);
        var thrown = Assert.Throws<SecretUseException>(() => _vault.Use<int, int>("token", 0, (secret, _) =>
            throw new FormatException(System.Text.Encoding.UTF8.GetString(secret))));
        Assert.Null(thrown.InnerException);
        Assert.DoesNotContain("hunter2", thrown.ToString(), StringComparison.Ordinal);
        Assert.Contains(nameof(FormatException), thrown.Message, StringComparison.Ordinal);
        Assert.Throws<McpException>(() => _vault.Use<int, int>("token", 0, (_, _) => throw new McpException("chosen words")));
        Assert.Throws<OperationCanceledException>(() => _vault.Use<int, int>("token", 0, (_, _) => throw new OperationCanceledException()));
        var late = Pinned(1);
        _vault.Put("token", late, s_limits);
        _vault.Remove("token");
        Assert.Equal([0], late);
    }

    [Fact]
    public void A_callback_may_use_the_vault()
    {
        _vault.Put("token", Pinned(1), s_limits);
        Assert.Equal(SecretPut.Stored, _vault.Use("token", _vault, static (secret, vault) => vault.Put("copy", Pinned([.. secret, 2]), s_limits)));
        Assert.Equal([1, 2], Read("copy"));
    }

    [Fact]
    public void A_serialiser_sees_only_how_many_there_are()
    {
        _vault.Put("token", Pinned(77, 78, 79), s_limits);
        Assert.Equal("{\"Count\":1}", JsonSerializer.Serialize(_vault));
    }

    [Theory]
    [InlineData("a", true)]
    [InlineData("github.token_2-x", true)]
    [InlineData("", false)]
    [InlineData("Token", false)]
    [InlineData("a/b", false)]
    [InlineData("a b", false)]
    [InlineData("ä", false)]
    [InlineData("a\n", false)]
    public void Names_are_plain(string name, bool valid) => Assert.Equal(valid, SecretName.IsValid(name));

    [Fact]
    public void Names_are_short() => Assert.Equal((true, false), (SecretName.IsValid(new string('a', 64)), SecretName.IsValid(new string('a', 65))));

    private byte[] Read(string name) => _vault.Use(name, 0, static (secret, _) => secret.ToArray());

    internal static byte[] Pinned(params byte[] bytes)
    {
        var pinned = SecretBuffer.Allocate(bytes.Length);
        bytes.CopyTo(pinned, 0);
        return pinned;
    }

    private static nint Address(ReadOnlySpan<byte> bytes)
    {
        ref var first = ref System.Runtime.InteropServices.MemoryMarshal.GetReference(bytes);
        return Unsafe.ByteOffset(ref Unsafe.NullRef<byte>(), ref first);
    }

    /// <summary>A callback that stays inside until it is told to leave.</summary>
    private sealed class Reader : IDisposable
    {
        private readonly TaskCompletionSource _inside = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly ManualResetEventSlim _leave = new();
        private readonly Task<byte[]> _reading;

        public Reader(SecretVault vault) => _reading = Task.Factory.StartNew(
            () => vault.Use("token", this, static (secret, reader) =>
            {
                reader._inside.SetResult();
                Assert.True(reader._leave.Wait(Eventually.Deadline));
                return reader.Seen = secret.ToArray();
            }),
            TaskCreationOptions.LongRunning);

        public Task Inside => _inside.Task.InTime("a reader was inside");

        public byte[]? Seen { get; private set; }

        public Task<byte[]> LeaveAsync()
        {
            _leave.Set();
            return _reading.InTime("a reader left");
        }

        public void Dispose()
        {
            _leave.Set();
            _leave.Dispose();
        }
    }
}
