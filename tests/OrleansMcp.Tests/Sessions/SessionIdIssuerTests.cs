using System.Security.Cryptography;
using OrleansMcp.Sessions;
using Xunit;

namespace OrleansMcp.Tests.Sessions;

public sealed class SessionIdIssuerTests
{
    private static readonly Caller s_alice = new("acme", "alice", "alice");
    private static readonly byte[] s_key = RandomNumberGenerator.GetBytes(32);

    private readonly SessionIdIssuer _issuer = new([s_key]);

    [Fact]
    public void An_id_is_valid_for_the_caller_it_was_issued_to()
    {
        var (id, key) = _issuer.Issue(s_alice);
        Assert.Equal(TokenVerdict.Valid, _issuer.Judge(id, s_alice, out var found));
        Assert.Equal(key, found);
    }

    [Fact]
    public void An_id_is_visible_ASCII()
    {
        var (id, _) = _issuer.Issue(s_alice);
        Assert.All(id, c => Assert.InRange(c, '\x21', '\x7e'));
    }

    [Theory]
    [InlineData("acme", "bob", "bob", null, TokenVerdict.ForeignClient)]
    [InlineData("acme", "alice", "mallory", null, TokenVerdict.ForeignClient)]
    [InlineData("acme", "alice", "alice", "thumb", TokenVerdict.ForeignClient)]
    [InlineData("globex", "alice", "alice", null, TokenVerdict.ForeignTenant)]
    public void An_id_of_somebody_else_is_told_from_a_forged_one(string tenant, string client, string subject, string? key, TokenVerdict expected)
    {
        var (id, _) = _issuer.Issue(s_alice);
        var stranger = new Caller(tenant, client, subject, key);
        Assert.Equal(expected, _issuer.Judge(id, stranger, out _));
        Assert.Equal(TokenVerdict.Valid, _issuer.Judge(id, s_alice, out _));
        Assert.Equal(expected, _issuer.Judge(id, stranger, out var nothing)); // what is known of the owner's use opens nothing
        Assert.Equal(default, nothing);
    }

    [Fact]
    public void Every_changed_character_makes_an_id_worthless()
    {
        var (id, _) = _issuer.Issue(s_alice);
        Assert.Equal(TokenVerdict.Valid, _issuer.Judge(id, s_alice, out _));
        for (var i = 0; i < id.Length; i++)
        {
            var changed = id[..i] + (id[i] == 'A' ? 'B' : 'A') + id[(i + 1)..];
            Assert.NotEqual(TokenVerdict.Valid, _issuer.Judge(changed, s_alice, out _));
        }
    }

    [Fact]
    public void More_ids_than_are_remembered_are_told_apart_all_the_same()
    {
        var bob = s_alice with { Client = "bob", Subject = "bob" };
        var issued = Enumerable.Range(0, 20_000).Select(_ => _issuer.Issue(s_alice)).ToArray();
        for (var round = 0; round < 2; round++)
        {
            Assert.All(issued, id =>
            {
                Assert.Equal(TokenVerdict.Valid, _issuer.Judge(id.Id, s_alice, out var key));
                Assert.Equal(id.Key, key);
                Assert.Equal(TokenVerdict.ForeignClient, _issuer.Judge(id.Id, bob, out _));
            });
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("..")]
    [InlineData("not-an-id")]
    [InlineData("\u00e9\u00e9\u00e9")]
    public void Text_that_is_no_id_is_forged(string text) =>
        Assert.Equal(TokenVerdict.Forged, _issuer.Judge(text, s_alice, out _));

    [Fact]
    public void An_id_signed_by_another_server_is_forged()
    {
        var (id, _) = new SessionIdIssuer([RandomNumberGenerator.GetBytes(32)]).Issue(s_alice);
        Assert.Equal(TokenVerdict.Forged, _issuer.Judge(id, s_alice, out _));
    }

    [Fact]
    public void Keys_can_be_rotated_without_losing_ids()
    {
        var (id, _) = _issuer.Issue(s_alice);
        var rotated = new SessionIdIssuer([RandomNumberGenerator.GetBytes(32), s_key]);
        Assert.Equal(TokenVerdict.Valid, rotated.Judge(id, s_alice, out _));
    }

    [Fact]
    public void A_request_state_is_not_a_session_id_nor_the_other_way_round()
    {
        var (id, _) = _issuer.Issue(s_alice);
        var (state, _) = _issuer.IssueState(s_alice);
        Assert.Equal(TokenVerdict.Forged, _issuer.JudgeState(id, s_alice, out _));
        Assert.Equal(TokenVerdict.Forged, _issuer.Judge(state, s_alice, out _));
        Assert.Equal(TokenVerdict.Valid, _issuer.JudgeState(state, s_alice, out _));
    }

    [Fact]
    public void A_principal_key_depends_on_every_field_and_on_where_one_ends()
    {
        var keys = new[]
        {
            new Caller("a", "b", "c"), new Caller("ab", "", "c"), new Caller("a", "bc", ""), new Caller("a", "b", "c", "k"),
            new Caller("a", "b", "c", ""), new Caller("b", "a", "c"),
        }.Select(SessionOwner.PrincipalKey);
        Assert.Equal(6, keys.Distinct().Count());
    }
}
