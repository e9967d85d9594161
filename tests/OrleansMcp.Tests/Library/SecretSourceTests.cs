using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using ModelContextProtocol.Server;
using OrleansMcp.Configuration;
using OrleansMcp.Hosting;
using OrleansMcp.Hosting.Settings;
using OrleansMcp.Secrets;
using OrleansMcp.Secrets.References;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Library;

/// <summary>Secrets of the operator's that lie where only the application can read them.</summary>
public sealed class SecretSourceTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    [Fact]
    public async Task A_client_gets_the_secret_that_the_configuration_names_in_the_applications_source()
    {
        await using var server = await LibraryServer.StartAsync(Compose, settings: Configured("safe: shop/token"));
        using var client = await server.Client("a key of alice").OpenAsync();
        Assert.Equal("read from shop/token", await client.CallTextAsync("reveal"));
    }

    [Fact]
    public void A_place_that_the_source_objects_to_is_refused_with_file_line_and_key()
    {
        var error = Assert.Single(LibraryServer.Refusal<ConfigurationException>(Compose, Configured("safe: elsewhere")).Errors);
        Assert.Equal((8L, "tenants.acme.clients.alice.secrets.token.safe", "must begin with shop/."), (error.Line, error.Key, error.Message));
    }

    [Fact]
    public void A_source_that_is_not_registered_is_refused_with_the_names_of_those_that_are()
    {
        var error = Assert.Single(LibraryServer.Refusal<ConfigurationException>(Compose, Configured("sfae: shop/token")).Errors);
        Assert.Equal(("tenants.acme.clients.alice.secrets.token", "needs exactly one of env, file, keyVault, safe."), (error.Key, error.Message));
    }

    [Fact]
    public void A_source_with_the_name_of_another_is_refused()
    {
        var refused = LibraryServer.Refusal<StartRefusedException>(
            static builder =>
            {
                Compose(builder);
                builder.Services.AddSingleton<ISecretSource>(new Safe("file"));
            },
            Configured("safe: shop/token"));
        Assert.Contains("'file'", refused.Message, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private static void Compose(WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<ISecretSource>(new Safe("safe"));
        builder.Services.AddMcpServer().WithTools<Tools>();
    }

    private ServerSettings Configured(string reference)
    {
        var file = System.IO.Path.Combine(_folder.Path, "config.yaml");
        File.WriteAllText(file, $$"""
            tenants:
              acme:
                clients:
                  alice:
                    keys: [{ sha256: {{Convert.ToHexStringLower(SHA256.HashData("a key of alice"u8))}} }]
                    permissions: ["tool:*"]
                    secrets:
                      token: { {{reference}} }
            """);
        return new ServerSettings { ConfigFile = file };
    }

    private sealed class Safe(string name) : ISecretSource
    {
        public string Name => name;

        public string? Objection(string location) => location.StartsWith("shop/", StringComparison.Ordinal) ? null : "must begin with shop/.";

        public ValueTask<byte[]> ReadAsync(string location, int maxBytes, CancellationToken cancellationToken)
        {
            var secret = SecretBuffer.Allocate(Encoding.UTF8.GetByteCount(location));
            Encoding.UTF8.GetBytes(location, secret);
            return new(secret);
        }
    }

    [McpServerToolType]
    private sealed class Tools
    {
        [McpServerTool(Name = "reveal")]
        public static string Reveal(ISessionContext session) =>
            session.Secrets.Use("token", 0, static (secret, _) => "read from " + Encoding.UTF8.GetString(secret));
    }
}
