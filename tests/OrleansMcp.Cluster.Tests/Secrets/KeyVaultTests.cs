using System.Text;
using Azure.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using OrleansMcp.Secrets.References;
using OrleansMcp.Hosting.Secrets;

namespace OrleansMcp.Cluster.Tests.Secrets;

/// <summary>Key Vault's REST interface, spoken by a server of the test.</summary>
public sealed class KeyVaultTests
{
    [Theory]
    [InlineData("""{"value":"hunter2","id":"https://v/secrets/token/1","attributes":{"enabled":true}}""", "hunter2")]
    [InlineData("""{"tags":{"value":"not this"},"value":"a\"\\\n\u00e9\ud83d\ude00"}""", "a\"\\\né😀")]
    [InlineData("""{"attributes":{"nested":{"value":"nor this"}},"value":"x"}""", "x")]
    public async Task The_value_is_what_the_vault_holds(string answer, string secret)
    {
        await using var vault = await VaultAsync(answer);
        var bytes = await Source().ReadAsync(At(vault), 64, TestContext.Current.CancellationToken);
        Assert.Equal(secret, Encoding.UTF8.GetString(bytes));
    }

    [Fact]
    public async Task It_is_asked_with_the_identitys_token_for_that_version_of_the_interface()
    {
        var asked = "";
        await using var vault = await VaultAsync("""{"value":"x"}""", request: request =>
            asked = $"{request.Headers.Authorization} {request.Path}{request.QueryString}");
        await Source().ReadAsync(At(vault), 64, TestContext.Current.CancellationToken);
        Assert.Equal("Bearer token-of-https://vault.azure.net/.default /secrets/token?api-version=7.4", asked);
    }

    [Theory]
    [InlineData("""{"value":"0123456789"}""", 200)]
    [InlineData("""{"value":""}""", 200)]
    [InlineData("""{"value":7}""", 200)]
    [InlineData("""{"other":"hunter2"}""", 200)]
    [InlineData("""{"value":"hunter2""", 200)]
    [InlineData("""{"value":"hunter2\ud800"}""", 200)]
    [InlineData("hunter2", 200)]
    [InlineData("", 200)]
    [InlineData("""{"error":{"code":"Forbidden"}}""", 403)]
    [InlineData("", 302)]
    public async Task What_is_no_secret_is_refused_without_quoting_it(string answer, int status)
    {
        await using var vault = await VaultAsync(answer, status);
        var refusal = await Assert.ThrowsAsync<SecretSourceException>(
            async () => await Source().ReadAsync(At(vault), 9, TestContext.Current.CancellationToken));
        Assert.DoesNotContain("hunter2", refusal.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("0123", refusal.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_vault_that_is_not_there_is_a_clear_failure()
    {
        var vault = await VaultAsync("");
        var (location, source) = (At(vault), Source());
        await vault.DisposeAsync();
        await Assert.ThrowsAsync<SecretSourceException>(async () => await source.ReadAsync(location, 9, TestContext.Current.CancellationToken));
    }

    private static KeyVaultSecrets Source() => KeyVaultSecrets.Create(new FixedCredential());

    private static string At(WebApplication vault) => $"{vault.Urls.Single()}/secrets/token";

    private static async Task<WebApplication> VaultAsync(string answer, int status = 200, Action<HttpRequest>? request = null)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        var vault = builder.Build();
        vault.Run(async context =>
        {
            request?.Invoke(context.Request);
            context.Response.StatusCode = status;
            context.Response.Headers.Location = status == 302 ? "http://127.0.0.1:1/elsewhere" : default;
            await context.Response.WriteAsync(answer);
        });
        await vault.StartAsync();
        return vault;
    }

    private sealed class FixedCredential : TokenCredential
    {
        public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
            new($"token-of-{requestContext.Scopes[0]}", DateTimeOffset.MaxValue);

        public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
            new(GetToken(requestContext, cancellationToken));
    }
}
