using System.Net;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using OrleansMcp.Configuration;
using OrleansMcp.Secrets;
using OrleansMcp.Secrets.References;
using OrleansMcp.Sessions;
using OrleansMcp.Tests.Hosting;
using OrleansMcp.Tools;

namespace OrleansMcp.Tests.Secrets;

/// <summary>Secrets that the operator's configuration names: in every session of their client, and in no other.</summary>
public sealed class SecretReferenceTests : IDisposable
{
    private static readonly SessionConfiguration s_awake = new() { PassivateAfter = TimeSpan.FromHours(1), IdleTimeout = TimeSpan.FromHours(2) };

    private readonly FakeTimeProvider _time = new();
    private readonly string _file = Path.Combine(Path.GetTempPath(), $"orleansmcp-secret-{Guid.NewGuid():n}");

    public SecretReferenceTests() => File.WriteAllBytes(_file, [1, 2, 3, (byte)'\n']);

    public void Dispose() => File.Delete(_file);

    [Fact]
    public async Task A_tool_uses_a_secret_from_a_file_byte_for_byte()
    {
        await using var server = await StartAsync();
        using var client = await server.Client().OpenAsync();
        Assert.Equal(SecretEndpointContract.Digest([1, 2, 3, (byte)'\n']), await DigestAsync(client, "file"));
    }

    [Fact]
    public async Task A_tool_uses_a_secret_from_the_environment()
    {
        await using var server = await StartAsync();
        using var client = await server.Client().OpenAsync();
        var path = Encoding.UTF8.GetBytes(Environment.GetEnvironmentVariable("PATH")!);
        Assert.Equal(SecretEndpointContract.Digest(path), await DigestAsync(client, "env"));
    }

    [Fact]
    public async Task So_does_one_that_a_principal_calls_without_a_session()
    {
        await using var server = await StartAsync();
        using var client = server.Modern();
        Assert.Equal(SecretEndpointContract.Digest([1, 2, 3, (byte)'\n']), await client.CallTextAsync("test_secret_digest", new { name = "file" }));
    }

    [Fact]
    public async Task Nobody_elses_session_holds_it()
    {
        await using var server = await StartAsync();
        using var alice = await server.Client().OpenAsync();
        await DigestAsync(alice, "file");
        foreach (var key in new[] { TestConfiguration.Bob, TestConfiguration.Carol })
        {
            using var other = await server.Client(key).OpenAsync();
            await ExpectUnavailableAsync(other, "file");
        }
    }

    [Fact]
    public async Task Its_client_neither_replaces_nor_removes_it()
    {
        await using var server = await StartAsync();
        using var client = await server.Client().OpenAsync();
        var put = (await client.PutSecretAsync("file", [9])).Expect(HttpStatusCode.Conflict);
        Assert.Equal("reserved_secret_name", (string)put.Json["error"]!["data"]!["code"]!);
        (await client.DeleteSecretAsync("file")).Expect(HttpStatusCode.Conflict);
        Assert.Equal(SecretEndpointContract.Digest([1, 2, 3, (byte)'\n']), await DigestAsync(client, "file"));
    }

    [Fact]
    public async Task Nor_does_a_tool()
    {
        await using var server = await StartAsync();
        using var client = await server.Client().OpenAsync();
        await DigestAsync(client, "file");
        ISessionSecrets secrets = Live(server).Vault;
        Assert.Throws<ModelContextProtocol.McpException>(() => secrets.Put("file", [9]));
        Assert.False(secrets.Remove("file"));
        Assert.True(secrets.Has("file"));
    }

    [Fact]
    public async Task It_is_there_again_after_a_restart()
    {
        await using var server = await StartAsync();
        using var client = await server.Client().OpenAsync();
        await DigestAsync(client, "file");
        await server.RestartAsync();
        Assert.Equal(SecretEndpointContract.Digest([1, 2, 3, (byte)'\n']), await DigestAsync(client, "file"));
    }

    [Fact]
    public async Task An_idle_session_leaves_memory_with_it_and_zeroes_it()
    {
        await using var server = await StartAsync();
        using var client = await server.Client().OpenAsync();
        await DigestAsync(client, "file");
        var session = Live(server);
        var buffer = SecretVaultTests.Pinned([.. Enumerable.Repeat((byte)0x5a, 32)]);
        session.Vault.Open().Vault.PutReferenced("planted", buffer);
        await server.SendToSleepAsync(_time);
        Assert.Equal(new byte[32], buffer);
        Assert.Equal(SecretEndpointContract.Digest([1, 2, 3, (byte)'\n']), await DigestAsync(client, "file"));
    }

    [Fact]
    public async Task The_end_zeroes_it_and_counts_it()
    {
        await using var server = await StartAsync();
        using var client = await server.Client().OpenAsync();
        await DigestAsync(client, "file");
        await client.PutSecretAsync("own", [7]);
        Assert.Equal(3, (int)(await client.DeleteAsync()).Expect(HttpStatusCode.OK).Json["secretsCleared"]!);
    }

    [Fact]
    public async Task They_take_no_place_of_the_clients_own()
    {
        await using var server = await StartAsync(new SessionConfiguration { MaxSecrets = 1 });
        using var client = await server.Client().OpenAsync();
        await DigestAsync(client, "file");
        (await client.PutSecretAsync("own", [7])).Expect(HttpStatusCode.Created);
        (await client.PutSecretAsync("more", [7])).Expect(HttpStatusCode.Conflict);
    }

    [Fact]
    public async Task One_that_was_rotated_arrives_in_open_sessions()
    {
        await using var server = await StartAsync(s_awake);
        using var client = await server.Client().OpenAsync();
        await DigestAsync(client, "file");
        await File.WriteAllBytesAsync(_file, [4, 5], TestContext.Current.CancellationToken);
        _time.Advance(TimeSpan.FromMinutes(6));
        Assert.Equal(SecretEndpointContract.Digest([4, 5]), await DigestAsync(client, "file"));
    }

    [Fact]
    public async Task One_that_cannot_be_read_is_unavailable_until_it_can()
    {
        await using var server = await StartAsync();
        using var client = await server.Client().OpenAsync();
        File.Delete(_file);
        await ExpectUnavailableAsync(client, "file");
        await File.WriteAllBytesAsync(_file, [4, 5], TestContext.Current.CancellationToken);
        _time.Advance(TimeSpan.FromSeconds(11));
        Assert.Equal(SecretEndpointContract.Digest([4, 5]), await DigestAsync(client, "file"));
    }

    [Fact]
    public async Task A_source_that_fails_as_nobody_foresaw_is_asked_again()
    {
        var vault = new BrokenOnce();
        await using var server = await TestServer.StartAsync(new TestServerOptions
        {
            Time = _time, Configuration = Configuration(new(), new SecretReference(vault.Name, "x")),
            Customise = builder => builder.Services.AddSingleton<ISecretSource>(vault),
        });
        using var client = await server.Client().OpenAsync();
        await client.CallAsync("test_secret_digest", new { name = "file" });
        _time.Advance(TimeSpan.FromSeconds(11));
        Assert.Equal(SecretEndpointContract.Digest([4, 5]), await DigestAsync(client, "file"));
    }

    [Fact]
    public async Task One_that_cannot_be_read_again_stays_what_it_was()
    {
        await using var server = await StartAsync(s_awake);
        using var client = await server.Client().OpenAsync();
        await DigestAsync(client, "file");
        File.Delete(_file);
        _time.Advance(TimeSpan.FromMinutes(6));
        Assert.Equal(SecretEndpointContract.Digest([1, 2, 3, (byte)'\n']), await DigestAsync(client, "file"));
    }

    [Fact]
    public async Task One_that_the_configuration_no_longer_names_is_gone_from_open_sessions()
    {
        var source = new TestConfigurationSource(Configuration(new()));
        await using var server = await TestServer.StartAsync(new TestServerOptions
        {
            Time = _time, Customise = builder => builder.Services.AddSingleton<IConfigurationSource>(source),
        });
        using var client = await server.Client().OpenAsync();
        await DigestAsync(client, "file");
        source.Current = TestConfiguration.With();
        await ExpectUnavailableAsync(client, "file");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(65)]
    public async Task A_file_that_is_no_secret_is_refused(int length)
    {
        await File.WriteAllBytesAsync(_file, new byte[length], TestContext.Current.CancellationToken);
        await Assert.ThrowsAsync<SecretSourceException>(async () => await new FileSecrets().ReadAsync(_file, 64, default));
    }

    [Theory]
    [InlineData("ORLEANSMCP_NO_SUCH_VARIABLE", 64)]
    [InlineData("PATH", 1)]
    [InlineData("PAT", 100_000)]
    public async Task A_variable_that_is_no_secret_is_refused(string variable, int maxBytes) =>
        await Assert.ThrowsAsync<SecretSourceException>(async () => await new EnvironmentSecrets().ReadAsync(variable, maxBytes, default));

    [Fact]
    public void The_configuration_names_places()
    {
        var secrets = Parse("{ a: { env: TOKEN }, b: { file: /run/secrets/b }, c: { keyVault: \"https://v.vault.azure.net/secrets/c\" } }")
            .FindClient("t", "c")!.Secrets;
        Assert.Equal(new SecretReference("env", "TOKEN"), secrets["a"]);
        Assert.Equal(new SecretReference("file", "/run/secrets/b"), secrets["b"]);
        Assert.Equal(new SecretReference("keyVault", "https://v.vault.azure.net/secrets/c"), secrets["c"]);
    }

    [Theory]
    [InlineData("{ Upper: { env: A } }", "secrets.Upper")]
    [InlineData("{ a: { env: A, file: /b } }", "secrets.a")]
    [InlineData("{ a: {} }", "secrets.a")]
    [InlineData("{ a: hunter2 }", "secrets.a")]
    [InlineData("{ a: { value: hunter2, env: A } }", "secrets.a.value")]
    [InlineData("{ a: { env: \"A=hunter2\" } }", "secrets.a.env")]
    [InlineData("{ a: { file: hunter2 } }", "secrets.a.file")]
    [InlineData("{ a: { keyVault: \"http://v/secrets/hunter2\" } }", "secrets.a.keyVault")]
    [InlineData("{ a: { keyVault: \"https://v/keys/hunter2\" } }", "secrets.a.keyVault")]
    public void A_mistake_names_its_key_and_never_quotes_what_may_be_a_secret(string section, string key)
    {
        var error = Assert.Single(Assert.Throws<ConfigurationException>(() => Parse(section)).Errors);
        Assert.Equal($"tenants.t.clients.c.{key}", error.Key);
        Assert.DoesNotContain("hunter2", error.Message, StringComparison.Ordinal);
    }

    private static ServerConfiguration Parse(string section) =>
        ConfigurationFile.Parse($"tenants: {{ t: {{ clients: {{ c: {{ permissions: [], secrets: {section} }} }} }} }}\n", "secrets.yaml");

    private Task<TestServer> StartAsync(SessionConfiguration? sessions = null) =>
        TestServer.StartAsync(new TestServerOptions { Time = _time, Configuration = Configuration(sessions ?? new()) });

    private ServerConfiguration Configuration(SessionConfiguration sessions, SecretReference? reference = null)
    {
        var configuration = TestConfiguration.With(sessions);
        var acme = configuration.Tenants["acme"];
        var alice = acme.Clients["alice"] with
        {
            Secrets = new Dictionary<string, SecretReference> { ["file"] = reference ?? new("file", _file), ["env"] = new("env", "PATH") },
        };
        var tenants = new Dictionary<string, TenantConfiguration>(configuration.Tenants)
        {
            ["acme"] = acme with { Clients = new Dictionary<string, ClientConfiguration>(acme.Clients) { ["alice"] = alice } },
        };
        return configuration with { Tenants = tenants };
    }

    private static Session Live(TestServer server) => server.Live.Single(session => session.Exists);

    private static Task<string> DigestAsync(RawClient client, string name) => client.CallTextAsync("test_secret_digest", new { name });

    private static async Task ExpectUnavailableAsync(RawClient client, string name)
    {
        var reply = (await client.CallAsync("test_secret_digest", new { name })).Expect(HttpStatusCode.OK);
        Assert.Equal("secret_unavailable", (string)reply.Result["structuredContent"]!["code"]!);
    }

    private sealed class BrokenOnce : ISecretSource
    {
        private int _asked;

        public string Name => "brokenOnce";

        public ValueTask<byte[]> ReadAsync(string location, int maxBytes, CancellationToken cancellationToken) =>
            Interlocked.Increment(ref _asked) == 1 ? throw new InvalidOperationException("broken") : new(SecretVaultTests.Pinned([4, 5]));
    }
}
