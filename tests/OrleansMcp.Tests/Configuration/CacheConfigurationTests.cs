using OrleansMcp.Caching;
using OrleansMcp.Configuration;

namespace OrleansMcp.Tests.Configuration;

public sealed class CacheConfigurationTests
{
    [Fact]
    public void The_operator_says_which_results_are_kept_and_how_much_of_them()
    {
        var cache = ConfigurationFile.Parse("""
            cache:
              maxEntries: 10
              maxBytes: 20000
              maxEntryBytes: 300
              tools:
                search: { ttl: 30s, scope: tenant }
                whoami: { ttl: 500ms, scope: client }
                stamp: { ttl: 0s }
            tenants: { a: {} }
            """, "good.yaml").Cache;
        Assert.Equal((10, 20_000, 300), (cache.MaxEntries, cache.MaxBytes, cache.MaxEntryBytes));
        Assert.Equal(new(TimeSpan.FromSeconds(30), CacheSharing.Tenant), cache.Tools["search"]);
        Assert.Equal(new(TimeSpan.FromMilliseconds(500), CacheSharing.Client), cache.Tools["whoami"]);
        Assert.Equal(new(TimeSpan.Zero), cache.Tools["stamp"]);
    }

    [Fact]
    public void Without_a_word_of_the_operator_there_are_the_defaults()
    {
        var cache = ConfigurationFile.Parse("tenants: { a: {} }", "good.yaml").Cache;
        Assert.Equal((1000, 16 * 1024 * 1024, 64 * 1024, 0), (cache.MaxEntries, cache.MaxBytes, cache.MaxEntryBytes, cache.Tools.Count));
    }

    [Theory]
    [InlineData("maxEntries: 0", "cache.maxEntries")]
    [InlineData("maxBytes: 16MiB", "cache.maxBytes")]
    [InlineData("maxEntryBytes: -1", "cache.maxEntryBytes")]
    [InlineData("ttl: 30s", "cache.ttl")]
    [InlineData("tools: { a: 30s }", "cache.tools.a")]
    [InlineData("tools: { a: { ttl: 30 } }", "cache.tools.a.ttl")]
    [InlineData("tools: { a: { ttl: 48h } }", "cache.tools.a.ttl")]
    [InlineData("tools: { a: { scope: client } }", "cache.tools.a")]
    [InlineData("tools: { a: { ttl: 1s, scope: everybody } }", "cache.tools.a.scope")]
    [InlineData("tools: { a: { ttl: 1s, Scope: client } }", "cache.tools.a.Scope")]
    public void A_mistake_names_its_line_and_key(string yaml, string key)
    {
        var text = $"tenants: {{ a: {{}} }}\ncache:\n  {yaml}\n";
        var error = Assert.Single(Assert.Throws<ConfigurationException>(() => ConfigurationFile.Parse(text, "bad.yaml")).Errors);
        Assert.Equal((3L, key), (error.Line, error.Key));
    }
}
