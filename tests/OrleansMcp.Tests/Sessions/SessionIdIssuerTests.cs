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

    [Theory]
    [InlineData("acme")]
    [InlineData("p-acme")]
    [InlineData("a_s-0")]
    public void A_key_says_the_tenant_of_the_credential(string tenant)
    {
        var caller = s_alice with { Tenant = tenant };
        var (id, issued) = _issuer.Issue(caller);
        for (var round = 0; round < 2; round++)
        {
            Assert.Equal(TokenVerdict.Valid, _issuer.Judge(id, caller, out var judged)); // by its MACs, then as one that is remembered
            Assert.Equal(issued, judged);
        }

        Assert.Equal((tenant, false), (issued.Tenant, issued.IsPrincipal));
        Assert.Matches($"^{tenant}[.]s-[0-9a-f]{{32}}$", issued.Value);
        var principal = SessionOwner.PrincipalKey(caller);
        Assert.Equal((tenant, true), (principal.Tenant, principal.IsPrincipal));
        Assert.Matches($"^{tenant}[.]p-[0-9a-f]{{32}}$", principal.Value);
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

    /// <summary>
    /// The processes of a cluster get their keys one after the other: first all learn the new one, then they issue with it, then they forget
    /// the old one. At any moment a process may meet an id of any other.
    /// </summary>
    [Fact]
    public void A_rolling_rotation_loses_no_id_of_a_neighbour()
    {
        var young = RandomNumberGenerator.GetBytes(32);
        byte[][][] steps = [[s_key], [s_key, young], [young, s_key], [young]];
        var processes = Enumerable.Range(0, 3).Select(_ => new SessionIdIssuer(steps[0])).ToArray();
        foreach (var keys in steps.Skip(1))
        {
            for (var restarted = 0; restarted < processes.Length; restarted++)
            {
                processes[restarted] = new SessionIdIssuer(keys);
                var issued = processes.Select(process => process.Issue(s_alice).Id).ToArray();
                var states = processes.Select(process => process.IssueState(s_alice).Token).ToArray();
                Assert.All(processes, process => Assert.All(issued, id => Assert.Equal(TokenVerdict.Valid, process.Judge(id, s_alice, out _))));
                Assert.All(processes, process => Assert.All(states, state => Assert.Equal(TokenVerdict.Valid, process.JudgeState(state, s_alice, out _))));
            }
        }

        var old = _issuer.Issue(s_alice).Id;
        Assert.All(processes, process => Assert.Equal(TokenVerdict.Forged, process.Judge(old, s_alice, out _)));
    }

    [Fact]
    public void A_rotation_that_leaves_a_step_out_would_lose_ids()
    {
        var young = RandomNumberGenerator.GetBytes(32);
        var (ahead, behind) = (new SessionIdIssuer([young, s_key]), new SessionIdIssuer([s_key]));
        Assert.Equal(TokenVerdict.Forged, behind.Judge(ahead.Issue(s_alice).Id, s_alice, out _));
    }

    [Fact]
    public void Keys_put_in_force_later_issue_and_verify_from_then_on()
    {
        var (young, old) = (RandomNumberGenerator.GetBytes(32), _issuer.Issue(s_alice).Id);
        _issuer.Use([young, s_key]);
        Assert.Equal(TokenVerdict.Valid, _issuer.Judge(old, s_alice, out _));
        Assert.Equal(TokenVerdict.Valid, new SessionIdIssuer([young]).Judge(_issuer.Issue(s_alice).Id, s_alice, out _));
        Assert.Equal(TokenVerdict.Valid, new SessionIdIssuer([young]).JudgeState(_issuer.IssueState(s_alice).Token, s_alice, out _));
        _issuer.Use([young]);
        Assert.Equal(TokenVerdict.Forged, _issuer.Judge(old, s_alice, out _));
        Assert.Throws<ArgumentException>(() => _issuer.Use([]));
        Assert.Throws<ArgumentException>(() => _issuer.Use([new byte[31]]));
    }

    [Fact]
    public async Task While_keys_change_an_id_of_a_key_that_stays_is_never_refused()
    {
        var other = RandomNumberGenerator.GetBytes(32);
        var id = _issuer.Issue(s_alice).Id;
        using var done = new CancellationTokenSource();
        var judging = Task.Run(() =>
        {
            var judged = 0;
            while (!done.IsCancellationRequested || judged < 1000)
            {
                Assert.Equal(TokenVerdict.Valid, _issuer.Judge(id, s_alice, out _));
                judged++;
            }
        });
        for (var change = 0; change < 2000; change++)
        {
            _issuer.Use(change % 2 == 0 ? [other, s_key] : [s_key]);
        }

        await done.CancelAsync();
        await judging;
    }

    [Fact]
    public void An_id_that_was_found_valid_is_not_judged_anew()
    {
        var (id, _) = _issuer.Issue(s_alice);
        _issuer.Judge(id, s_alice, out _);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var verdict = _issuer.Judge(id, s_alice, out _);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before); // a MAC of the owner would
        Assert.Equal(TokenVerdict.Valid, verdict);
    }

    [Fact]
    public void Turning_a_forged_id_away_allocates_nothing()
    {
        _issuer.Use([RandomNumberGenerator.GetBytes(32), s_key]);
        var stranger = "AAAAAAAAAAAAAAAAAAAAAA.BBBBBBBBBBBBBBBBBBBBBA.CCCCCCCCCCCCCCCCCCCCCCCCCCA";
        var verdict = _issuer.Judge(stranger, s_alice, out _);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
        {
            verdict = _issuer.Judge(stranger, s_alice, out _);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(TokenVerdict.Forged, verdict);
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
