using OrleansMcp.Authorization.Policies;
using OrleansMcp.Authorization.Policies.Reading;
using OrleansMcp.Caching;
using OrleansMcp.Configuration;
using OrleansMcp.Secrets.References;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Engine;

/// <summary>Which results are kept, for how long, and what a call costs that a kept result answers.</summary>
public abstract class CacheContract : EngineContract
{
    private const string ForClient = "cached_client";
    private const string ForTenant = "cached_tenant";

    /// <summary>What a call does, and whether its result is kept for its client, and for its tenant.</summary>
    public static TheoryData<string, bool, bool> Deeds { get; } = new()
    {
        { "nothing", true, true },
        { "tenant", true, true },
        { "permissions", true, true },
        { "client", true, false },
        { "subject", true, false },
        { "egress", true, false },
        { "session", false, false },
        { "read", false, false },
        { "write", false, false },
        { "quota", false, false },
        { "who asks", false, false },
        { "use secret", false, false },
        { "has secret", false, false },
        { "put secret", false, false },
        { "log", false, false },
        { "touch", false, false },
        { "error", false, false },
        { "throw", false, false },
    };

    [Fact]
    public async Task A_call_is_answered_again_without_running_until_its_time_is_over()
    {
        await using var engine = await StartAsync();
        foreach (var client in new[] { await engine.OpenAsync(Alice), engine.Principal(Alice) })
        {
            var first = await client.CallAsync(ForClient, new { text = "a" });
            Assert.Null(first.Json["result"]!["_meta"]?[CacheMeta.Cached]);
            engine.Time.Advance(TimeSpan.FromSeconds(CachedTools.Seconds - 1.5));
            var again = await client.Elsewhere().CallAsync(ForClient, new { text = "a" });
            Assert.Equal(first.Text, again.Text);
            Assert.True((bool?)again.Json["result"]!["_meta"]![CacheMeta.Cached]);
            Assert.Equal(CachedTools.Seconds - 1.5, (double)again.Json["result"]!["_meta"]![CacheMeta.Age]!);
            Assert.NotEqual(first.Text, await client.CallTextAsync(ForClient, new { text = "b" }));
            engine.Time.Advance(TimeSpan.FromSeconds(1.5));
            Assert.NotEqual(first.Text, await client.CallTextAsync(ForClient, new { text = "a" }));
        }
    }

    [Theory]
    [MemberData(nameof(Deeds))]
    public async Task A_result_is_kept_when_its_key_names_all_that_it_depends_on(string what, bool forClient, bool forTenant)
    {
        await using var engine = await StartAsync();
        var alice = await engine.OpenAsync(Alice);
        await alice.CallAsync("cached_never", new { what = "put secret" });
        Assert.Equal(forClient, await IsKeptAsync(alice, ForClient, what));
        Assert.Equal(forTenant, await IsKeptAsync(alice, ForTenant, what));
    }

    [Fact]
    public async Task A_call_that_asked_its_client_is_asked_again()
    {
        await using var engine = await StartAsync();
        var alice = await engine.OpenAsync(Alice, capabilities: new { elicitation = new { } });
        for (var i = 0; i < 2; i++)
        {
            await using var stream = await alice.StreamAsync(ForClient, new { what = "elicit" });
            var asked = (await stream.NextMessageAsync())!;
            await alice.AnswerAsync(asked, new { action = "accept", content = new { } });
            Assert.Null((await stream.UntilAnswerAsync())["result"]!["_meta"]);
        }
    }

    [Fact]
    public async Task A_secret_of_the_operators_is_a_secret()
    {
        var configuration = TestConfiguration.With();
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, "hidden");
        try
        {
            var tenants = configuration.Tenants.ToDictionary(StringComparer.Ordinal);
            var clients = tenants["acme"].Clients.ToDictionary(StringComparer.Ordinal);
            clients["alice"] = clients["alice"] with
            {
                Secrets = new Dictionary<string, SecretReference> { ["token"] = new("file", file) },
            };
            tenants["acme"] = tenants["acme"] with { Clients = clients };
            await using var engine = await StartAsync(configuration with { Tenants = tenants });
            var alice = await engine.OpenAsync(Alice);
            Assert.False(await IsKeptAsync(alice, ForClient, "use secret"));
            Assert.False((await alice.CallAsync(ForClient, new { what = "use secret" })).Failed);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Theory]
    [InlineData(ForClient, 0, null, false, false)]
    [InlineData("cached_never", 30, null, true, false)]
    [InlineData("cached_never", 30, CacheSharing.Tenant, true, true)]
    [InlineData(ForTenant, 30, null, true, true)]
    [InlineData(ForTenant, 30, CacheSharing.Client, true, false)]
    public async Task The_operators_word_counts_more_than_the_authors(string tool, int seconds, CacheSharing? scope, bool isKept, bool isShared)
    {
        await using var engine = await StartAsync(TestConfiguration.With() with
        {
            Cache = new() { Tools = new Dictionary<string, ToolCacheConfiguration> { [tool] = new(TimeSpan.FromSeconds(seconds), scope) } },
        });
        var alice = await engine.OpenAsync(Alice);
        var run = await alice.CallTextAsync(tool);
        Assert.Equal(isKept, run == await alice.CallTextAsync(tool));
        Assert.Equal(isShared, run == await (await engine.OpenAsync(Bob)).CallTextAsync(tool));
        engine.Time.Advance(TimeSpan.FromSeconds(30));
        Assert.NotEqual(run, await alice.CallTextAsync(tool));
    }

    [Fact]
    public async Task What_a_result_says_of_itself_neither_keeps_nor_shares_it_nor_makes_it_last()
    {
        await using var engine = await StartAsync();
        var alice = await engine.OpenAsync(Alice);
        var answer = await alice.CallAsync("cached_never");
        Assert.Equal("public", (string?)answer.Json["result"]!["_meta"]!["cacheScope"]);
        Assert.Null(answer.Json["result"]!["_meta"]![CacheMeta.Cached]);
        Assert.Null(answer.Json["result"]!["_meta"]![CacheMeta.Age]);
        Assert.False(await IsKeptAsync(alice, "cached_never", "liar"));
        var run = await alice.CallTextAsync(ForClient, new { what = "liar" });
        Assert.NotEqual(run, await (await engine.OpenAsync(Bob)).CallTextAsync(ForClient, new { what = "liar" }));
        Assert.Equal(run, await alice.CallTextAsync(ForClient, new { what = "liar" }));
        engine.Time.Advance(TimeSpan.FromSeconds(CachedTools.Seconds));
        Assert.NotEqual(run, await alice.CallTextAsync(ForClient, new { what = "liar" }));
    }

    [Fact]
    public async Task A_call_that_is_answered_again_counts_as_a_call()
    {
        await using var engine = await StartAsync(new QuotaConfiguration { CallsPerMinute = 3 });
        var alice = await engine.OpenAsync(Alice);
        var run = await alice.CallTextAsync(ForClient);
        Assert.Equal([run, run], [await alice.CallTextAsync(ForClient), await alice.CallTextAsync(ForClient)]);
        Assert.Equal("quota_exceeded", (await alice.CallAsync(ForClient)).Code);
    }

    [Fact]
    public async Task A_call_that_is_answered_again_is_judged_and_permitted_like_any_other()
    {
        const string Twice = """
            version: "1"
            tools: { cached_client: { rules: [{ name: twice, rate_limit: 2/hour, per: client }] } }
            """;
        await using var engine = await StartAsync(TestConfiguration.With() with
        {
            Policies = new PolicySet([PolicyFile.Parse(Twice, "twice.yaml", "twice.yaml")]),
        });
        var alice = await engine.OpenAsync(Alice);
        Assert.Equal(await alice.CallTextAsync(ForClient), await alice.CallTextAsync(ForClient));
        Assert.Equal("policy_denied", (await alice.CallAsync(ForClient)).Code);
        await alice.CallTextAsync(ForTenant);
        var without = engine.Unopened(Alice);
        await without.InitializeAskingAsync(new[] { "tool:cached_client" });
        Assert.Equal("permission_denied", (await without.CallAsync(ForTenant)).Code);
    }

    [Fact]
    public async Task Calls_that_miss_at_the_same_time_do_not_wait_for_one_another()
    {
        await using var engine = await StartAsync();
        var (alice, bob) = (await engine.OpenAsync(Alice), await engine.OpenAsync(Bob));
        var calls = new[] { alice, bob }.Select(client => client.CallTextAsync(ForTenant, new { what = "wait" })).ToArray();
        await Eventually.Holds(() => engine.Gates["cached"].Passed == 2, "both run");
        engine.Gates["release"].Open();
        await Task.WhenAll(calls).InTime("both were answered");
    }

    private static async Task<bool> IsKeptAsync(EngineClient client, string tool, string what)
    {
        var first = await client.CallAsync(tool, new { what });
        var again = await client.CallAsync(tool, new { what });
        var isKept = (bool?)again.Json["result"]?["_meta"]?[CacheMeta.Cached] == true;
        Assert.Equal(isKept, first.Text == again.Text);
        return isKept;
    }
}
