using OrleansMcp.Grains.Wire;
using OrleansMcp.Sessions;

namespace OrleansMcp.Cluster.Tests.Callers;

/// <summary>A caller on its way to a grain: scopes that got lost there would be taken for none that narrow.</summary>
public sealed class CallerOnTheWireTests
{
    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("mcp:read mcp:tools")]
    public void Scopes_arrive_as_they_were_sent(string? scopes)
    {
        var sent = new Caller("acme", "alice", "a#1", "key") { Scopes = scopes?.Split(' ', StringSplitOptions.RemoveEmptyEntries).ToHashSet() };
        var converter = new CallerConverter();
        var arrived = converter.ConvertFromSurrogate(converter.ConvertToSurrogate(sent));
        Assert.Equal(sent.Scopes, arrived.Scopes);
        Assert.Equal(sent with { Scopes = null }, arrived with { Scopes = null });
    }

    [Fact]
    public void Claims_arrive_as_they_were_sent()
    {
        var sent = new Caller("acme", "alice", "a#1") { Claims = [new(CallerClaims.Role, "admin"), new(CallerClaims.Role, ""), new("department", "7")] };
        var converter = new CallerConverter();
        Assert.Equal(sent.Claims, converter.ConvertFromSurrogate(converter.ConvertToSurrogate(sent)).Claims);
        Assert.Empty(converter.ConvertFromSurrogate(converter.ConvertToSurrogate(sent with { Claims = [] })).Claims);
    }

    [Fact]
    public void Scopes_are_no_part_of_the_owner()
    {
        var caller = new Caller("acme", "alice", "a#1") { Scopes = new HashSet<string> { "mcp:read" } };
        var refreshed = caller with { Scopes = new HashSet<string> { "mcp:tools" } };
        Assert.Equal(SessionOwner.Of(caller), SessionOwner.Of(refreshed));
        Assert.True(SessionOwner.Of(caller).Is(refreshed));
        Assert.Equal(SessionOwner.PrincipalKey(caller), SessionOwner.PrincipalKey(refreshed));
    }
}
