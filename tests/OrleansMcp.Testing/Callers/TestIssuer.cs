using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Callers;

/// <summary>An OpenID Connect issuer on a free loopback port: discovery document, keys, and tokens signed by them.</summary>
internal sealed class TestIssuer : IAsyncDisposable
{
    private WebApplication? _application;
    private int _discoveries;

    private TestIssuer()
    {
    }

    /// <summary>Its name, a URL that stays the same over restarts.</summary>
    public string Url { get; private set; } = $"http://127.0.0.1:{FreePort.Next()}";

    public SigningKey Key { get; private set; } = SigningKey.Rsa();

    /// <summary>Whom the discovery document says it is of; null: the truth.</summary>
    public string? ClaimsToBe { get; set; }

    /// <summary>Answers 500 to everything.</summary>
    public bool IsBroken { get; set; }

    /// <summary>Keys in the key set beside <see cref="Key"/>.</summary>
    public IReadOnlyList<SigningKey> MoreKeys { get; set; } = [];

    /// <summary>How often the discovery document was asked for.</summary>
    public int Discoveries => _discoveries;

    public static async Task<TestIssuer> StartAsync()
    {
        var issuer = new TestIssuer();
        await issuer.StartAgainAsync();
        return issuer;
    }

    public async Task StartAgainAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore();
        builder.WebHost.UseUrls(Url);
        _application = builder.Build();
        _application.Run(AnswerAsync);
        await _application.StartAsync();
        Url = _application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
    }

    public async Task StopAsync()
    {
        if (_application is { } application)
        {
            _application = null;
            await application.StopAsync().InTime("the issuer stopped");
            await application.DisposeAsync();
        }
    }

    /// <summary>Signs with another key from now on, and publishes the former one no more.</summary>
    public void Rotate(SigningKey key) => Key = key;

    /// <summary>A token that does in every respect.</summary>
    public TestToken Token(string client = Principals.Alice, string tenant = Principals.Acme, string subject = "user-1", string? scopes = Principals.AllScopes) =>
        new(this, client, tenant, subject, scopes);

    public ValueTask DisposeAsync() => new(StopAsync());

    private Task AnswerAsync(HttpContext context)
    {
        if (context.Request.Path == "/.well-known/openid-configuration")
        {
            Interlocked.Increment(ref _discoveries);
        }

        context.Response.ContentType = "application/json";
        context.Response.StatusCode = IsBroken ? StatusCodes.Status500InternalServerError : StatusCodes.Status200OK;
        return IsBroken ? Task.CompletedTask : context.Response.WriteAsync(context.Request.Path.Value switch
        {
            "/.well-known/openid-configuration" => new JsonObject { ["issuer"] = ClaimsToBe ?? Url, ["jwks_uri"] = Url + "/keys" }.ToJsonString(),
            _ => new JsonObject { ["keys"] = new JsonArray([Key.Published, .. MoreKeys.Select(key => key.Published)]) }.ToJsonString(),
        });
    }
}
