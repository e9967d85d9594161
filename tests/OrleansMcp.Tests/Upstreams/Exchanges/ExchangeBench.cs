using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using OrleansMcp.Configuration.Upstreams;
using OrleansMcp.Quotas.Egress;
using OrleansMcp.Secrets;
using OrleansMcp.Secrets.References;
using OrleansMcp.Tests.Hosting;
using OrleansMcp.Tests.Upstreams.Credentials;
using OrleansMcp.Tests.Upstreams.Tokens;
using OrleansMcp.Upstream.Exchanges;

namespace OrleansMcp.Tests.Upstreams.Exchanges;

/// <summary>A strict issuer, and what asks it.</summary>
internal sealed class ExchangeBench : ISecretSource, IAsyncDisposable
{
    public const string Audience = "api://crm";

    private readonly EgressConnections _connections = new();

    private ExchangeBench(TokenIssuer issuer, FakeTimeProvider time)
    {
        (Issuer, Time) = (issuer, time);
        Endpoint = new TokenEndpoint(_connections, [this], time, Log);
    }

    public TokenIssuer Issuer { get; }

    public FakeTimeProvider Time { get; }

    public TokenEndpoint Endpoint { get; }

    public LoggedWords Log { get; } = new();

    /// <summary>The asker's secret, in the buffer that was given away last.</summary>
    public byte[]? GivenSecret { get; private set; }

    /// <summary>Whether the asker's secret cannot be read.</summary>
    public bool IsWithoutSecret { get; set; }

    string ISecretSource.Name => "bench";

    /// <summary>What is configured; the grant and more are changed by tests.</summary>
    public TokenExchange Exchange => new()
    {
        Endpoint = Issuer.Url, Private = true, Audience = Audience, Scope = "crm.read crm.write", ClientId = Issuer.ClientId, ClientSecret = new SecretReference("bench", "here"),
    };

    public TokenExchange OnBehalfOf => Exchange with { Grant = TokenExchangeGrant.OnBehalfOf, Audience = null, Scope = $"{Audience}/crm.read {Audience}/crm.write" };

    public static UpstreamConfiguration Server { get; } = new() { Name = "crm", Url = new("http://127.0.0.1:9/mcp"), Private = true };

    public static async Task<ExchangeBench> StartAsync()
    {
        var time = new FakeTimeProvider();
        return new ExchangeBench(await TokenIssuer.StartAsync(time), time);
    }

    public Task<ObtainedToken> ExchangeAsync(TokenExchange? exchange = null, FakeExchange? call = null) =>
        Endpoint.ExchangeAsync(Server, exchange ?? Exchange, call ?? new FakeExchange("eyJ.eyJ.sig"), TestContext.Current.CancellationToken).InTime("the exchange was over");

    ValueTask<byte[]> ISecretSource.ReadAsync(string location, int maxBytes, CancellationToken cancellationToken)
    {
        if (IsWithoutSecret)
        {
            throw new SecretSourceException("It is not there.");
        }

        var secret = System.Text.Encoding.UTF8.GetBytes(Issuer.ClientSecret);
        GivenSecret = SecretBuffer.Allocate(secret.Length);
        secret.CopyTo(GivenSecret, 0);
        return new(GivenSecret);
    }

    public ValueTask DisposeAsync()
    {
        _connections.Dispose();
        return Issuer.DisposeAsync();
    }
}

/// <summary>Keeps what was logged, with exceptions.</summary>
internal sealed class LoggedWords : ILogger
{
    private readonly System.Collections.Concurrent.ConcurrentQueue<string> _words = new();

    public string All => string.Join('\n', _words);

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        _words.Enqueue($"{logLevel}: {formatter(state, exception)} {exception}");
}
