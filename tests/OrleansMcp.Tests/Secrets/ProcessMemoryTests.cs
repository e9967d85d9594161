using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using OrleansMcp.Tests.Durability;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Secrets;

/// <summary>What is left of secrets in the memory of a server process.</summary>
[Collection(Alone.Collection)]
public sealed class ProcessMemoryTests
{
    [Fact]
    public async Task A_secret_is_in_memory_once_while_it_is_held_and_not_at_all_after_the_end()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The memory of another process is read through /proc.");
        using var folder = new ScratchFolder();
        await using var server = new ServerProcess(folder.Path);
        await server.StartAsync();
        using var client = await new RawClient(server.Url, TestConfiguration.Alice).OpenAsync();
        var secret = new SecretForms();
        (await client.PutSecretAsync("key", secret.Bytes)).Expect(HttpStatusCode.Created);
        for (var call = 0; call < 5; call++)
        {
            Assert.Equal(
                Convert.ToHexStringLower(HMACSHA256.HashData(secret.Bytes, "text"u8)),
                await client.CallTextAsync("secret_sign", new { secret = "key", text = "text" }));
        }

        Assert.Equal(1, ProcessMemory.Count(server.Id, [secret.Bytes])[0]);
        Expect(server, secret, expected: 1);
        var receipt = (await client.DeleteAsync()).Expect(HttpStatusCode.OK);
        Assert.Equal(1, (int)receipt.Json["secretsCleared"]!);
        Expect(server, secret, expected: 0);
    }

    [Fact]
    public async Task Nothing_is_left_of_secrets_that_were_taken_back_replaced_or_refused()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The memory of another process is read through /proc.");
        using var folder = new ScratchFolder();
        await using var server = new ServerProcess(folder.Path);
        await server.StartAsync();
        using var client = await new RawClient(server.Url, TestConfiguration.Alice).OpenAsync();
        var (removed, replaced, kept, unknown, unauthorised, misnamed, large, broken) = (
            new SecretForms(), new SecretForms(), new SecretForms(), new SecretForms(), new SecretForms(), new SecretForms(), new SecretForms(), new SecretForms());

        (await client.PutSecretAsync("removed", removed.Bytes)).Expect(HttpStatusCode.Created);
        (await client.DeleteSecretAsync("removed")).Expect(HttpStatusCode.NoContent);
        (await client.PutSecretAsync("kept", replaced.Bytes)).Expect(HttpStatusCode.Created);
        (await client.PutSecretAsync("kept", kept.Bytes)).Expect(HttpStatusCode.NoContent);
        using (var stray = client.As(TestConfiguration.Bob))
        {
            (await stray.PutSecretAsync("token", unknown.Bytes)).Expect(HttpStatusCode.NotFound);
            stray.Key = "wrong";
            (await stray.PutSecretAsync("token", unauthorised.Bytes)).Expect(HttpStatusCode.Unauthorized);
        }

        (await client.PutSecretAsync("NAME", misnamed.Bytes)).Expect(HttpStatusCode.BadRequest);
        (await client.PutSecretAsync("large", [.. large.Bytes, .. new byte[64 * 1024], .. large.Bytes])).Expect(HttpStatusCode.RequestEntityTooLarge);
        await BreakOffAsync(server, client, broken);

        // An answer may come before what was refused with it is wiped.
        await Eventually.Holds(() => ProcessMemory.Count(server.Id, [unknown.Bytes, unauthorised.Bytes, misnamed.Bytes, large.Bytes, broken.Bytes]).Sum() == 0, "the refused were wiped");
        Expect(server, kept, expected: 1);
        foreach (var gone in new[] { removed, replaced, unknown, unauthorised, misnamed, large, broken })
        {
            Expect(server, gone, expected: 0);
        }
    }

    [Fact]
    public async Task Nothing_is_left_after_an_idle_end_an_operators_kill_or_a_sleep()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The memory of another process is read through /proc.");
        using var folder = new ScratchFolder();
        var (configured, killed, idle) = (new SecretForms(), new SecretForms(), new SecretForms());
        var place = Path.Combine(folder.Path, "configured");
        await File.WriteAllBytesAsync(place, configured.Bytes, TestContext.Current.CancellationToken);
        var configuration = Path.Combine(folder.Path, "server.yaml");
        await File.WriteAllTextAsync(configuration, Configuration(place), TestContext.Current.CancellationToken);
        var data = Path.Combine(folder.Path, "data");
        await using var server = new ServerProcess(data, "--config", configuration);
        await server.StartAsync();

        using var victim = await new RawClient(server.Url, TestConfiguration.Alice).OpenAsync();
        (await victim.PutSecretAsync("key", killed.Bytes)).Expect(HttpStatusCode.Created);
        Expect(server, killed, expected: 1);
        Assert.Equal(1, (int)(await KillAsync(server)).Json["secretsCleared"]!);
        Expect(server, killed, expected: 0);

        using var sleeper = await new RawClient(server.Url, TestConfiguration.Alice).OpenAsync();
        await SignAsync(sleeper, configured);
        Expect(server, configured, expected: 1);
        await Eventually.Holds(() => StoredRows.CountSessions(data, "asleep = 0") == 0, "the session slept");
        await GoneAsync(server, configured);
        Expect(server, configured, expected: 0);
        await SignAsync(sleeper, configured);

        using var leaver = await new RawClient(server.Url, TestConfiguration.Alice).OpenAsync();
        (await leaver.PutSecretAsync("key", idle.Bytes)).Expect(HttpStatusCode.Created);
        Expect(server, idle, expected: 1);
        await Eventually.Holds(() => StoredRows.CountSessions(data) == 0, "the sessions idled out");
        await GoneAsync(server, idle);
        Expect(server, idle, expected: 0);
        (await leaver.PostAsync(Rpc.Request(1, "ping"))).Expect(HttpStatusCode.NotFound);
    }

    private static string Configuration(string place) => $$"""
        sessions: { idleTimeout: 8s, passivateAfter: 1s }
        operators: [{ id: olga, sha256: {{Hash("operator")}} }]
        tenants:
          acme:
            clients:
              alice:
                keys: [{ sha256: {{Hash(TestConfiguration.Alice)}} }]
                permissions: ["tool:*"]
                secrets: { configured: { file: "{{place}}" } }

        """;

    private static string Hash(string key) => Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(key)));

    private static async Task SignAsync(RawClient client, SecretForms secret) => Assert.Equal(
        Convert.ToHexStringLower(HMACSHA256.HashData(secret.Bytes, "text"u8)),
        await client.CallTextAsync("secret_sign", new { secret = "configured", text = "text" }));

    /// <summary>Looking through a process takes as long as it has memory: only once its store says that the session is gone.</summary>
    private static Task GoneAsync(ServerProcess server, SecretForms secret) =>
        Eventually.Holds(() => ProcessMemory.Count(server.Id, [secret.Bytes])[0] == 0, "the secret was wiped");

    /// <summary>An operator ends the only session there is.</summary>
    private static async Task<RawReply> KillAsync(ServerProcess server)
    {
        using var client = new RawClient(server.Url, "operator");
        var listed = await SendAsync(HttpMethod.Get, "");
        var name = (string)Assert.Single(listed.Json["sessions"]!.AsArray())!["session"]!;
        return await SendAsync(HttpMethod.Delete, $"/{name}");

        async Task<RawReply> SendAsync(HttpMethod method, string path) => (await client.SendAsync(client.Request(
            method, request => request.RequestUri = new Uri(server.Url, $"/ops/tenants/acme/sessions{path}")))).Expect(HttpStatusCode.OK);
    }

    internal static void Expect(ServerProcess server, SecretForms secret, int expected)
    {
        var counts = ProcessMemory.Count(server.Id, [.. secret.Forms.Select(form => form.Pattern)]);
        foreach (var ((name, _), count, index) in secret.Forms.Zip(counts, Enumerable.Range(0, counts.Count)))
        {
            // The two halves are the secret as it is; it is never in memory in any other form.
            Assert.True(count == (index < 2 ? expected : 0), $"{count} times {(index < 2 ? name : $"form {index}")} is in the memory of the server.");
        }
    }

    /// <summary>Announces more than it sends, and goes.</summary>
    private static async Task BreakOffAsync(ServerProcess server, RawClient client, SecretForms secret)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, server.Url.Port);
        await socket.GetStream().WriteAsync((byte[])
        [
            .. RawSocket.Ascii($"PUT /mcp/secrets/token HTTP/1.1\nHost: 127.0.0.1\nAuthorization: Bearer {client.Key}\n"
                + $"Mcp-Session-Id: {client.SessionId}\nContent-Length: 64\n\n"),
            .. secret.Bytes,
        ]);
        await Eventually.Holds(() => ProcessMemory.Count(server.Id, [secret.Bytes])[0] > 0, "the half of it arrived");
    }
}
