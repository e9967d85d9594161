using OrleansMcp.Sessions;

namespace OrleansMcp.Tests.Sessions;

public sealed class VerifiedIdCacheTests
{
    private static readonly SessionKey s_key = SessionKey.Of("acme", isPrincipal: false, 1);
    private readonly VerifiedIdCache _cache = new();

    [Fact]
    public void An_id_is_found_by_its_owner()
    {
        _cache.Add("id", SessionBench.Alice, s_key);
        Assert.True(_cache.TryFind("id", SessionBench.Alice, out var key));
        Assert.Equal(s_key, key);
        Assert.True(_cache.TryFind("id", SessionBench.Alice with { Scopes = new HashSet<string>() }, out _));
    }

    [Fact]
    public void An_id_is_found_by_nobody_else()
    {
        _cache.Add("id", SessionBench.Alice, s_key);
        foreach (var stranger in (Caller[])[
            SessionBench.Bob, SessionBench.Carol, SessionBench.Alice with { Subject = "another" }, SessionBench.Alice with { KeyThumbprint = "key" },
            SessionBench.Alice with { Tenant = "globex" }])
        {
            Assert.False(_cache.TryFind("id", stranger, out var key));
            Assert.Equal(default, key);
        }
    }

    [Fact]
    public void An_id_that_was_not_judged_is_not_found_whatever_slot_it_falls_in()
    {
        for (var number = 0; number < 20_000; number++)
        {
            _cache.Add($"{number}", SessionBench.Alice, SessionKey.Of("acme", isPrincipal: false, (UInt128)number));
        }

        for (var number = 0; number < 20_000; number++)
        {
            Assert.True(!_cache.TryFind($"{number}", SessionBench.Alice, out var key) || key == SessionKey.Of("acme", isPrincipal: false, (UInt128)number));
            Assert.False(_cache.TryFind($"x{number}", SessionBench.Alice, out _));
        }
    }
}
