using System.Globalization;
using Microsoft.Extensions.Time.Testing;
using OrleansMcp.Caching;
using OrleansMcp.Configuration;
using OrleansMcp.Sessions;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Caching;

/// <summary>What a tenant keeps has its bounds, and each client its share of them.</summary>
public sealed class OutputCacheTests
{
    private static readonly TimeSpan s_minute = TimeSpan.FromMinutes(1);

    private readonly FakeTimeProvider _time = new();
    private readonly TestConfigurationSource _configuration = new(new ServerConfiguration());
    private readonly OutputCache _cache;

    public OutputCacheTests() => _cache = new OutputCache(_configuration, _time);

    [Fact]
    public void A_result_is_found_until_its_time_is_over()
    {
        Keep("alice", 1, [7]);
        _time.Advance(TimeSpan.FromSeconds(59));
        var found = _cache.Find(Key("alice", 1));
        Assert.NotNull(found);
        Assert.Equal([7], found.Result.ToArray());
        Assert.Equal(TimeSpan.FromSeconds(59), found.Age);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(_cache.Find(Key("alice", 1)));
        Assert.Equal(0, _cache.Count);
    }

    [Fact]
    public void A_result_that_is_kept_again_replaces_the_former_and_begins_anew()
    {
        Keep("alice", 1, [7]);
        _time.Advance(TimeSpan.FromSeconds(59));
        Keep("alice", 1, [8]);
        _time.Advance(TimeSpan.FromSeconds(59));
        Assert.Equal([8], _cache.Find(Key("alice", 1))?.Result.ToArray());
        Assert.Equal(1, _cache.Count);
    }

    [Fact]
    public void What_nobody_asks_for_any_more_leaves_when_its_time_is_over()
    {
        for (var i = 0; i < 100; i++)
        {
            Keep("alice", i);
        }

        _time.Advance(s_minute);
        Keep("alice", 1000);
        Assert.Equal(1, _cache.Count);
    }

    [Theory]
    [InlineData(1000, 0, true)]
    [InlineData(1000, 1, false)]
    [InlineData(100_000, 0, false)]
    public void A_result_that_is_too_large_is_not_kept(int maxEntryBytes, int over, bool isKept)
    {
        Bound(new() { MaxEntryBytes = maxEntryBytes, MaxBytes = 10_000 });
        Keep("alice", 1, new byte[maxEntryBytes + over]);
        Assert.Equal(isKept, Has("alice", 1));
    }

    [Fact]
    public void A_result_that_is_larger_than_all_of_the_cache_pushes_nothing_out()
    {
        Bound(new() { MaxEntryBytes = 100_000, MaxBytes = 10_000 });
        Keep("bob", 1);
        Keep("alice", 1, new byte[10_000]);
        Assert.Equal([true, false], [Has("bob", 1), Has("alice", 1)]);
        Keep("bob", 1);
        Keep("bob", 2, new byte[10_000]);
        Assert.True(Has("bob", 1));
    }

    [Fact]
    public void A_result_that_became_too_large_leaves_no_former_one_behind()
    {
        Keep("alice", 1);
        Keep("alice", 1, new byte[100_000]);
        Assert.False(Has("alice", 1));
    }

    [Fact]
    public void The_least_recently_used_gives_way()
    {
        Bound(new() { MaxEntries = 3 });
        Keep("alice", 1);
        Keep("alice", 2);
        Keep("alice", 3);
        Assert.True(Has("alice", 1));
        Keep("alice", 4);
        Assert.Equal([true, false, true, true], [Has("alice", 1), Has("alice", 2), Has("alice", 3), Has("alice", 4)]);
    }

    [Fact]
    public void Bytes_are_bounded()
    {
        Bound(new() { MaxBytes = 10 * (1000 + OutputCache.Overhead) });
        for (var i = 0; i < 50; i++)
        {
            Keep("alice", i, new byte[1000]);
        }

        Assert.Equal(10, _cache.Count);
        Assert.True(Has("alice", 49));
    }

    [Theory]
    [InlineData(1, 10, 5000)] // many small ones: over the number of entries
    [InlineData(20_000, 50, 5)] // few large ones: over the bytes
    public void A_flood_of_one_client_evicts_nothing_of_another(int bytes, int others, int bytesOfOthers)
    {
        Bound(new() { MaxEntries = 100, MaxBytes = 200_000 });
        for (var i = 0; i < others; i++)
        {
            Keep("bob", i, new byte[bytesOfOthers]);
        }

        for (var i = 0; i < 1000; i++)
        {
            Keep("alice", i, new byte[bytes]);
        }

        Assert.All(Enumerable.Range(0, others), i => Assert.True(Has("bob", i)));
        Assert.InRange(_cache.Count, others + 5, 100);
    }

    [Fact]
    public void What_one_client_brought_is_dropped_whoever_it_answers()
    {
        Keep("alice", 1);
        Keep("bob", 1);
        _cache.Keep(CacheKey.Of(Caller("alice"), CacheSharing.Tenant, Call(2)), new byte[1], s_minute);
        _cache.Drop("alice");
        _cache.Drop("nobody");
        Assert.Equal((false, true), (Has("alice", 1), Has("bob", 1)));
        Assert.Null(_cache.Find(CacheKey.Of(Caller("bob"), CacheSharing.Tenant, Call(2))));
    }

    [Fact]
    public void Another_configuration_begins_with_nothing()
    {
        Keep("alice", 1);
        Bound(new());
        Assert.False(Has("alice", 1));
        Keep("alice", 1);
        Assert.True(Has("alice", 1));
    }

    private void Bound(CacheConfiguration limits) => _configuration.Current = new ServerConfiguration { Cache = limits };

    private void Keep(string client, int number, byte[]? result = null) => _cache.Keep(Key(client, number), result ?? [1], s_minute);

    private bool Has(string client, int number) => _cache.Find(Key(client, number)) is not null;

    private static CacheKey Key(string client, int number) => CacheKey.Of(Caller(client), CacheSharing.Client, Call(number));

    private static Caller Caller(string client) => new("acme", client, client);

    private static CachedCall Call(int number) => new("tool", "1", "2025-11-25", "set", number.ToString(CultureInfo.InvariantCulture));
}
