using System.Net;
using System.Security.Cryptography;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Secrets;

/// <summary>PUT and DELETE /mcp/secrets/{name} over real HTTP: the owner puts a secret, and its session's tools use it.</summary>
public abstract class SecretEndpointContract(SharedServer shared) : IClassFixture<SharedServer>
{
    private static readonly byte[] s_secret = RandomNumberGenerator.GetBytes(32);

    [Fact]
    public async Task A_tool_reads_what_the_owner_put()
    {
        using var client = await shared.Server.Client().OpenAsync();
        var reply = (await client.PutSecretAsync("token", s_secret)).Expect(HttpStatusCode.Created);
        Assert.Empty(reply.Body);
        Assert.Equal(Digest(s_secret), await client.CallTextAsync("test_secret_digest", new { name = "token" }));
    }

    [Fact]
    public async Task Every_byte_and_every_content_type_is_taken_as_it_comes()
    {
        using var client = await shared.Server.Client().OpenAsync();
        byte[] bytes = [.. Enumerable.Range(0, 256).Select(value => (byte)value)];
        foreach (var type in new[] { "application/octet-stream", "text/plain; charset=utf-16", "application/json", "nonsense" })
        {
            await client.PutSecretAsync("bytes", bytes, request => request.Content!.Headers.TryAddWithoutValidation("Content-Type", type));
            Assert.Equal(Digest(bytes), await client.CallTextAsync("test_secret_digest", new { name = "bytes" }));
        }
    }

    [Fact]
    public async Task A_second_put_replaces_the_first()
    {
        using var client = await shared.Server.Client().OpenAsync();
        await client.PutSecretAsync("token", [1, 2, 3]);
        (await client.PutSecretAsync("token", s_secret)).Expect(HttpStatusCode.NoContent);
        Assert.Equal(Digest(s_secret), await client.CallTextAsync("test_secret_digest", new { name = "token" }));
    }

    [Fact]
    public async Task Delete_takes_it_back_and_may_be_repeated()
    {
        using var client = await shared.Server.Client().OpenAsync();
        await client.PutSecretAsync("token", s_secret);
        (await client.DeleteSecretAsync("token")).Expect(HttpStatusCode.NoContent);
        (await client.DeleteSecretAsync("token")).Expect(HttpStatusCode.NoContent);
        Assert.Equal("no", await client.CallTextAsync("test_secret_has", new { name = "token" }));
    }

    [Fact]
    public async Task A_tool_without_its_secret_says_so_with_a_stable_code()
    {
        using var client = await shared.Server.Client().OpenAsync();
        var reply = (await client.CallAsync("test_secret_digest", new { name = "missing" })).Expect(HttpStatusCode.OK);
        Assert.True(reply.ToolFailed);
        Assert.Equal("secret_unavailable", (string)reply.Result["structuredContent"]!["code"]!);
        Assert.Equal("missing", (string)reply.Result["structuredContent"]!["secret"]!);
        Assert.StartsWith("secret_unavailable", reply.ToolText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_tool_may_exchange_one_secret_for_another_and_forget_it()
    {
        using var client = await shared.Server.Client().OpenAsync();
        await client.PutSecretAsync("refresh", s_secret);
        await client.CallTextAsync("test_secret_exchange", new { from = "refresh", to = "access" });
        Assert.Equal(Digest(SHA256.HashData(s_secret)), await client.CallTextAsync("test_secret_digest", new { name = "access" }));
        Assert.Equal("removed", await client.CallTextAsync("test_secret_remove", new { name = "access" }));
        Assert.True((await client.CallAsync("test_secret_digest", new { name = "access" })).ToolFailed);
        var bad = await client.CallAsync("test_secret_exchange", new { from = "refresh", to = "NO NAME" });
        Assert.True(bad.ToolFailed);
    }

    [Fact]
    public async Task The_demo_tool_signs_with_a_secret()
    {
        using var client = await shared.Server.Client().OpenAsync();
        await client.PutSecretAsync("key", s_secret);
        Assert.Equal(
            Convert.ToHexStringLower(HMACSHA256.HashData(s_secret, "hello"u8)), await client.CallTextAsync("secret_sign", new { secret = "key", text = "hello" }));
    }

    [Fact]
    public async Task Sessions_of_one_client_do_not_share_secrets()
    {
        using var first = await shared.Server.Client().OpenAsync();
        using var second = await shared.Server.Client().OpenAsync();
        await first.PutSecretAsync("token", s_secret);
        Assert.Equal("no", await second.CallTextAsync("test_secret_has", new { name = "token" }));
        await second.DeleteSecretAsync("token");
        Assert.Equal("yes", await first.CallTextAsync("test_secret_has", new { name = "token" }));
    }

    [Fact]
    public async Task A_principal_and_its_handles_have_secrets_of_their_own()
    {
        await using var server = await TestServer.StartAsync();
        using var client = server.Modern();
        var handle = await client.OpenHandleAsync();
        (await client.PutSecretAsync("token", [1])).Expect(HttpStatusCode.Created);
        (await client.PutSecretAsync("token", [1, 2], handle)).Expect(HttpStatusCode.Created);
        Assert.Equal(Digest([1]), await client.CallTextAsync("test_secret_digest", new { name = "token" }));
        Assert.Equal(Digest([1, 2]), await client.CallTextAsync("test_secret_digest", new { name = "token", session = handle }));
        (await client.DeleteSecretAsync("token")).Expect(HttpStatusCode.NoContent);
        Assert.Equal("no", await client.CallTextAsync("test_secret_has", new { name = "token" }));
        Assert.Equal("yes", await client.CallTextAsync("test_secret_has", new { name = "token", session = handle }));

        using var bob = server.Modern(TestConfiguration.Bob);
        (await bob.PutSecretAsync("token", [3], handle)).Expect(HttpStatusCode.NotFound);
        Assert.Equal("no", await bob.CallTextAsync("test_secret_has", new { name = "token" }));
    }

    internal static string Digest(byte[] secret) => $"{secret.Length} {Convert.ToHexStringLower(SHA256.HashData(secret))}";
}
