using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.Options;
using OrleansMcp.Configuration;

namespace OrleansMcp.Hosting.Callers;

/// <summary>
/// The authentication scheme of an issuer, and whether it is ready: until the issuer's metadata was read once, no token can be validated.
/// Concurrent requests share one reading, and after a failed one the issuer is not asked again for <see cref="Pause"/>.
/// </summary>
internal sealed partial class TokenScheme(
    string name, IssuerConfiguration issuer, Func<IOptionsMonitor<JwtBearerOptions>> options, TimeProvider time, ILogger logger)
{
    /// <summary>How long an issuer is not asked again after a failed reading.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    private readonly Lock _gate = new();
    private Task<bool>? _reading;
    private DateTimeOffset _again;
    private volatile bool _isReady;

    public string Name => name;

    public IssuerConfiguration Issuer => issuer;

    public ValueTask<bool> IsReadyAsync(CancellationToken cancellationToken) =>
        _isReady ? new(true) : new(Reading().WaitAsync(cancellationToken));

    private Task<bool> Reading()
    {
        lock (_gate)
        {
            return _reading is null || (_reading.IsCompleted && time.GetUtcNow() >= _again) ? _reading = Task.Run(ReadAsync) : _reading;
        }
    }

    private async Task<bool> ReadAsync()
    {
        try
        {
            // From here on the ConfigurationManager refreshes the metadata, and keeps the last one while the issuer cannot be reached.
            var metadata = await options().Get(name).ConfigurationManager!.GetConfigurationAsync(CancellationToken.None);
            _isReady = metadata.Issuer == issuer.Issuer;
            if (!_isReady)
            {
                LogOther(logger, issuer.Metadata, issuer.Issuer);
            }
        }
        catch (Exception e)
        {
            LogUnreachable(logger, issuer.Issuer, e);
        }

        _again = time.GetUtcNow() + Pause;
        return _isReady;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The metadata of the issuer {Issuer} cannot be read; its tokens are answered with 503.")]
    private static partial void LogUnreachable(ILogger logger, string issuer, Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Metadata} is the metadata of another issuer than {Issuer}; its tokens are answered with 503.")]
    private static partial void LogOther(ILogger logger, Uri metadata, string issuer);
}
