using ModelContextProtocol;
using OrleansMcp.Configuration;
using OrleansMcp.Secrets;
using OrleansMcp.Secrets.References;
using OrleansMcp.Sessions;
using OrleansMcp.Tests.Hosting;
using OrleansMcp.Tests.Sessions;
using OrleansMcp.Tools;

namespace OrleansMcp.Tests.Secrets;

public sealed class SessionVaultTests
{
    private static readonly byte[] s_secret = [1, 2, 3, 4];
    private readonly SessionBench _bench = new(TestConfiguration.With(new SessionConfiguration { MaxSecrets = 2, MaxSecretBytes = 8 }));

    [Fact]
    public void A_secret_comes_sealed_and_is_seen_by_tools()
    {
        Assert.Equal(SecretOutcome.Stored, Put("token", s_secret).Outcome);
        Assert.True(Tool.Has("token"));
        Assert.Equal("1 2 3 4", Shown("token"));
        Assert.Equal(SecretOutcome.Replaced, Put("token", [9]).Outcome);
        Assert.Equal("9", Shown("token"));
        Assert.True(_bench.Vault.HoldsOwn);
    }

    [Fact]
    public void An_envelope_opens_once_and_for_its_session_owner_and_name_only()
    {
        var envelope = Seal("token", s_secret);
        Assert.Equal(SecretRefusals.InvalidEnvelope, _bench.Vault.Put("other", envelope).Code);
        Assert.Equal(SecretOutcome.Stored, _bench.Vault.Put("token", envelope).Outcome);
        Assert.Equal(SecretRefusals.ReplayedEnvelope, _bench.Vault.Put("token", envelope).Code);
        var stranger = SealedSecret.Seal(
            _bench.Vault.PublicKey().PublicKey.Span, new SecretBinding(_bench.Record.Key, "token", SessionOwner.Of(SessionBench.Bob)), s_secret);
        Assert.Equal(SecretRefusals.InvalidEnvelope, _bench.Vault.Put("token", stranger).Code);
        var another = new SessionBench();
        Assert.Equal(SecretRefusals.StaleKey, another.Vault.Put("token", Seal("token", s_secret)).Code);
    }

    [Fact]
    public void What_the_sessions_connections_keep_is_neither_seen_nor_removed_by_clients_and_tools()
    {
        const string Name = "server/0123456789abcdef";
        _bench.Vault.Open().Vault.PutReferenced(Name, [.. s_secret], TimeSpan.FromMinutes(1), _bench.Time);
        Assert.False(Tool.Has(Name));
        Assert.Throws<SecretUnavailableException>(() => Shown(Name));
        Assert.False(Tool.Remove(Name));
        Assert.Throws<ArgumentException>(() => Tool.Put(Name, s_secret));
        Assert.Equal(SecretRefusals.BadName, _bench.Vault.Delete(Name).Code);
        Assert.Equal(SecretRefusals.BadName, Put(Name, s_secret).Code);
        Assert.False(_bench.Vault.HoldsOwn);
        Assert.Equal(1, _bench.Vault.Erase());
    }

    [Fact]
    public void Names_sizes_and_numbers_are_within_their_limits()
    {
        Assert.Equal(SecretRefusals.BadName, Put("Not A Name", s_secret).Code);
        Assert.Equal(SecretRefusals.BadSize, Put("token", new byte[9]).Code);
        Assert.Equal(SecretRefusals.BadSize, Put("token", []).Code);
        Put("one", s_secret);
        Put("two", s_secret);
        Assert.Equal(SecretRefusals.TooMany, Put("three", s_secret).Code);
        Assert.Equal(SecretOutcome.Replaced, Put("two", s_secret).Outcome);
        Assert.Throws<ArgumentException>(() => Tool.Put("Not A Name", s_secret));
        Assert.Throws<McpException>(() => Tool.Put("one", new byte[9]));
        Assert.Throws<McpException>(() => Tool.Put("one", []));
        Assert.Throws<McpException>(() => Tool.Put("three", s_secret));
    }

    [Fact]
    public void The_operators_names_are_neither_set_nor_removed_by_others()
    {
        _bench.Reserve("given");
        _bench.Vault.Open().Vault.PutReferenced("given", [.. s_secret]);
        Assert.Equal(SecretRefusals.Reserved, Put("given", [9]).Code);
        Assert.Equal(SecretRefusals.Reserved, _bench.Vault.Delete("given").Code);
        Assert.False(Tool.Remove("given"));
        Assert.Throws<McpException>(() => Tool.Put("given", [9]));
        Assert.Equal("1 2 3 4", Shown("given"));
        Assert.False(_bench.Vault.HoldsOwn);
    }

    [Fact]
    public void A_secret_that_is_deleted_is_zeroed()
    {
        Put("token", s_secret);
        var buffer = BufferOf("token");
        Assert.Equal(SecretOutcome.Deleted, _bench.Vault.Delete("token").Outcome);
        Assert.All(buffer, value => Assert.Equal(0, value));
        Assert.Equal(SecretOutcome.Absent, _bench.Vault.Delete("token").Outcome);
        Assert.Throws<SecretUnavailableException>(() => Shown("token"));
    }

    [Fact]
    public void What_is_erased_is_zeroed_and_counted_once()
    {
        Put("one", s_secret);
        Tool.Put("two", s_secret);
        byte[][] buffers = [BufferOf("one"), BufferOf("two")];
        Assert.Equal(2, _bench.Vault.Erase());
        Assert.Equal(0, _bench.Vault.Erase());
        Assert.All(buffers.SelectMany(buffer => buffer), value => Assert.Equal(0, value));
        Assert.False(Tool.Has("one"));
        Assert.False(_bench.Vault.PublicKey().IsFound);
    }

    [Fact]
    public void Nothing_comes_in_after_the_erasure()
    {
        var envelope = Seal("token", s_secret);
        _bench.Vault.Erase();
        Assert.Equal(SecretOutcome.NotFound, _bench.Vault.Put("token", envelope).Outcome);
        Assert.Throws<McpException>(() => Tool.Put("token", s_secret));
        byte[] late = [.. s_secret];
        _bench.Vault.Open().Vault.PutReferenced("given", late);
        Assert.All(late, value => Assert.Equal(0, value));
        Assert.False(Tool.Has("token") || Tool.Has("given"));
    }

    [Fact]
    public void A_session_that_is_erased_before_it_had_a_secret_never_gets_one()
    {
        Assert.Equal(0, _bench.Vault.Erase());
        Assert.False(_bench.Vault.PublicKey().IsFound);
        byte[] late = [.. s_secret];
        Assert.Equal(SecretPut.Closed, _bench.Vault.Open().Vault.Put("token", late, _bench.Vault.Limits));
        Assert.All(late, value => Assert.Equal(0, value));
    }

    [Fact]
    public async Task An_erasure_and_a_first_secret_at_once_leave_nothing_behind()
    {
        for (var round = 0; round < 50; round++)
        {
            var vault = new SessionBench().Vault;
            byte[] secret = [.. s_secret];
            using var start = new Barrier(2);
            var putting = Task.Run(() =>
            {
                start.SignalAndWait();
                vault.Open().Vault.PutReferenced("given", secret);
            });
            start.SignalAndWait();
            vault.Erase();
            await putting;
            Assert.All(secret, value => Assert.Equal(0, value));
        }
    }

    private ISessionSecrets Tool => _bench.Vault;

    private SecretReply Put(string name, byte[] secret) => _bench.Vault.Put(name, Seal(name, secret));

    private byte[] Seal(string name, byte[] secret) => SealedSecret.Seal(
        _bench.Vault.PublicKey().PublicKey.Span, new SecretBinding(_bench.Record.Key, name, _bench.Record.Owner), secret);

    private string Shown(string name) => Tool.Use(name, 0, static (secret, _) => string.Join(' ', secret.ToArray()));

    /// <summary>The vault's own bytes of a secret: what must be zero when it is gone.</summary>
    private byte[] BufferOf(string name)
    {
        var secrets = typeof(SecretVault).GetField("_secrets", System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Instance)!;
        var secret = ((System.Collections.IDictionary)secrets.GetValue(_bench.Vault.Find())!)[name]!;
        return (byte[])secret.GetType().GetProperty("Bytes")!.GetValue(secret)!;
    }
}

/// <summary>Secrets of the operator's for the bench's owner.</summary>
internal static class ReservedNames
{
    public static void Reserve(this SessionBench bench, params string[] names)
    {
        var (configuration, tenants) = (bench.Configuration.Current, bench.Configuration.Current.Tenants.ToDictionary(StringComparer.Ordinal));
        var clients = tenants["acme"].Clients.ToDictionary(StringComparer.Ordinal);
        clients["alice"] = clients["alice"] with
        {
            Secrets = names.ToDictionary(name => name, name => new SecretReference("test", $"place of {name}"), StringComparer.Ordinal),
        };
        tenants["acme"] = tenants["acme"] with { Clients = clients };
        bench.Configuration.Current = configuration with { Tenants = tenants };
    }
}
