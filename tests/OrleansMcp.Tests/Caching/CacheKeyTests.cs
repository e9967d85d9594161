using OrleansMcp.Authorization;
using OrleansMcp.Caching;
using OrleansMcp.Sessions;

namespace OrleansMcp.Tests.Caching;

/// <summary>A key names all that a result may depend on, and cannot be without a tenant.</summary>
public sealed class CacheKeyTests
{
    private static readonly Caller s_alice = new("acme", "alice", "alice");
    private static readonly CachedCall s_call = new("tool", "1", "2025-11-25", "set", "arguments");

    public static TheoryData<string, CacheSharing, bool> Parts { get; } = new()
    {
        { "nothing", CacheSharing.Client, true },
        { "tenant", CacheSharing.Client, false },
        { "tenant", CacheSharing.Tenant, false },
        { "client", CacheSharing.Client, false },
        { "client", CacheSharing.Tenant, true },
        { "subject", CacheSharing.Client, false },
        { "subject", CacheSharing.Tenant, true },
        { "scopes", CacheSharing.Client, true },
        { "role", CacheSharing.Client, true },
        { "tool", CacheSharing.Tenant, false },
        { "version", CacheSharing.Tenant, false },
        { "protocol", CacheSharing.Tenant, false },
        { "permissions", CacheSharing.Tenant, false },
        { "arguments", CacheSharing.Tenant, false },
        { "boundary", CacheSharing.Tenant, false },
    };

    [Theory]
    [MemberData(nameof(Parts))]
    public void A_key_differs_by_each_of_its_parts(string part, CacheSharing sharing, bool isSame)
    {
        var caller = part switch
        {
            "tenant" => s_alice with { Tenant = "globex" },
            "client" => s_alice with { Client = "bob" },
            "subject" => s_alice with { Subject = "another" },
            "scopes" => s_alice with { Scopes = new HashSet<string> { "read" } },
            "role" => s_alice with { Claims = [new(CallerClaims.Role, "admin")] },
            _ => s_alice,
        };
        var call = part switch
        {
            "tool" => s_call with { Tool = "other" },
            "version" => s_call with { ToolVersion = "2" },
            "protocol" => s_call with { ProtocolVersion = "2026-07-28" },
            "permissions" => s_call with { Permissions = "other" },
            "arguments" => s_call with { Arguments = "other" },
            "boundary" => s_call with { Tool = "too", ToolVersion = "l1" },
            _ => s_call,
        };
        Assert.Equal(isSame, CacheKey.Of(s_alice, sharing, s_call).Digest == CacheKey.Of(caller, sharing, call).Digest);
    }

    [Theory]
    [InlineData(null, "")]
    [InlineData("read", "")]
    [InlineData("", "admin")]
    public void A_key_differs_by_scopes_and_claims_for_a_tool_that_sees_them(string? scopes, string role)
    {
        var seen = s_call with { SeesCredential = true };
        var plain = s_alice with { Scopes = new HashSet<string>() };
        var other = s_alice with
        {
            Scopes = scopes?.Split(' ', StringSplitOptions.RemoveEmptyEntries).ToHashSet(),
            Claims = role.Length > 0 ? [new(CallerClaims.Role, role)] : [],
        };
        Assert.NotEqual(CacheKey.Of(plain, CacheSharing.Client, seen).Digest, CacheKey.Of(other, CacheSharing.Client, seen).Digest);
        Assert.Equal(CacheKey.Of(plain, CacheSharing.Client, s_call).Digest, CacheKey.Of(other, CacheSharing.Client, s_call).Digest);
        Assert.NotEqual(CacheKey.Of(plain, CacheSharing.Client, seen).Digest, CacheKey.Of(plain, CacheSharing.Client, s_call).Digest);
    }

    [Fact]
    public void What_is_shared_has_another_key_than_what_is_not() =>
        Assert.NotEqual(CacheKey.Of(s_alice, CacheSharing.Client, s_call).Digest, CacheKey.Of(s_alice, CacheSharing.Tenant, s_call).Digest);

    [Theory]
    [InlineData("", "alice", "digest")]
    [InlineData(null, "alice", "digest")]
    [InlineData("acme", "", "digest")]
    [InlineData("acme", "alice", "")]
    public void There_is_no_key_without_tenant_client_and_digest(string? tenant, string client, string digest)
    {
        Assert.ThrowsAny<ArgumentException>(() => CacheKey.Restore(tenant!, client, "alice", digest));
        Assert.Empty(typeof(CacheKey).GetConstructors());
    }

    [Fact]
    public void A_key_without_a_tenant_is_not_made_of_a_caller_either() =>
        Assert.ThrowsAny<ArgumentException>(() => CacheKey.Of(s_alice with { Tenant = "" }, CacheSharing.Tenant, s_call));

    [Fact]
    public void Equal_permissions_have_one_fingerprint_however_they_are_written()
    {
        var set = PermissionSet.Parse("tool:a", "tool:b");
        Assert.Equal(PermissionFingerprint.Of(set), PermissionFingerprint.Of(PermissionSet.Parse("tool:b", "tool:a", "tool:a")));
        string[][] others = [["tool:a"], ["tool:a", "tool:b", "tool:c"], ["tool:a", "prompt:b"], ["tool:*"], []];
        Assert.All(others, other => Assert.NotEqual(PermissionFingerprint.Of(set), PermissionFingerprint.Of(PermissionSet.Parse(other))));
    }
}
