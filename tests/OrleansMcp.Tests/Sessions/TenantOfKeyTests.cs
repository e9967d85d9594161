using OrleansMcp.Configuration;
using OrleansMcp.Records;
using OrleansMcp.Sessions;
using OrleansMcp.Tenants;

namespace OrleansMcp.Tests.Sessions;

public sealed class TenantOfKeyTests
{
    private static readonly byte[] s_nonce = new byte[16];

    [Theory]
    [InlineData("acme")]
    [InlineData("s-00000000000000000000000000000000")]
    [InlineData("p-1_x")]
    [InlineData("0")]
    public void The_tenant_is_read_from_the_key_of_every_actor(string tenant)
    {
        Assert.True(ConfigurationReader.IsId(tenant));
        Assert.True(RecordSpaceKey.TryOf(new Caller(tenant, "alice", "alice"), "bob/or.ders", out var space));
        string[] keys = [tenant, SessionKey.OfSession(tenant, s_nonce).Value, SessionKey.OfPrincipal(tenant, s_nonce).Value, space.Value];
        Assert.All(keys, key => Assert.Equal(tenant, TenantOfKey.Read(key)));
    }

    [Fact]
    public void No_id_of_a_tenant_holds_what_ends_it() =>
        Assert.DoesNotContain(Enumerable.Range(0, 128).Select(letter => $"a{(char)letter}"), id => ConfigurationReader.IsId(id) && TenantOfKey.End(id) >= 0);

    [Theory]
    [InlineData("")]
    [InlineData("acme.s-1")]
    [InlineData("acme/bob")]
    public void A_tenant_that_would_read_as_another_one_gets_no_key(string tenant)
    {
        Assert.Throws<ArgumentException>(() => SessionKey.OfSession(tenant, s_nonce));
        Assert.Throws<ArgumentException>(() => SessionKey.OfPrincipal(tenant, s_nonce));
    }

    [Theory]
    [InlineData("s-00000000000000000000000000000000")]
    [InlineData("p-00000000000000000000000000000000")]
    [InlineData("records/orders.p-1")]
    [InlineData("")]
    public void What_is_no_key_of_a_session_is_of_no_tenant_and_no_principal(string text)
    {
        var key = new SessionKey(text);
        Assert.Equal(("", false), (key.Tenant, key.IsPrincipal));
    }
}
