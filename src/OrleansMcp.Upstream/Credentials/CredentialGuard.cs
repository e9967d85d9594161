using Microsoft.Extensions.Logging;

namespace OrleansMcp.Upstream.Credentials;

/// <summary>
/// Withholds what a server sends that contains the credential it was shown: results, errors and log messages reach the client, its model, and what they write to.
/// </summary>
internal sealed partial class CredentialGuard(string server, HeaderCredential credential, ILogger logger)
{
    /// <param name="message">A message of the server, as it came.</param>
    /// <exception cref="UpstreamException">It contains the credential.</exception>
    public void Check(ReadOnlySpan<byte> message)
    {
        if (credential.IsIn(message))
        {
            LogEcho(logger, server);
            throw new UpstreamException(server, UpstreamFault.Invalid, "sent a message that contains the credential it was shown. The message is withheld.");
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The server {Server} sent a message that contains the credential it was shown. The message is withheld.")]
    private static partial void LogEcho(ILogger logger, string server);
}
