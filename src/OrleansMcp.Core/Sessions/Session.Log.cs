using Microsoft.Extensions.Logging;

namespace OrleansMcp.Sessions;

public sealed partial class Session
{
    private ILogger Logger => _host.Logger;

    private void LogOpened(SessionKey key, string tenant, string client, string? version) => Log.Opened(Logger, key.Value, tenant, client, version);

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Debug, Message = "Session {Session} of {Tenant}/{Client} opened, protocol {Version}.")]
        public static partial void Opened(ILogger logger, string session, string tenant, string client, string? version);

        [LoggerMessage(Level = LogLevel.Error, Message = "The ended mark of session {Session} could not be written; its record is deleted anyway.")]
        public static partial void EndMarkFailed(ILogger logger, Exception exception, string session);

        [LoggerMessage(Level = LogLevel.Warning, Message = "Session {Session} has ended, and its tenant could not be told; its place is given back by the tenant's clock.")]
        public static partial void PlaceKept(ILogger logger, Exception exception, string session);

        [LoggerMessage(Level = LogLevel.Error, Message = "State of session {Session} could not be made durable; the change did not happen.")]
        public static partial void SaveFailed(ILogger logger, Exception exception, string session);

        [LoggerMessage(Level = LogLevel.Error, Message = "The store did not confirm a change of session {Session}; the next write finds out whether it happened.")]
        public static partial void SaveUnconfirmed(ILogger logger, Exception exception, string session);

        [LoggerMessage(Level = LogLevel.Warning, Message = "Session {Session} is served by another activation; this one stops.")]
        public static partial void Fenced(ILogger logger, Exception exception, string session);

        [LoggerMessage(Level = LogLevel.Warning, Message = "What a failed call of session {Session} had reserved could not be given back.")]
        public static partial void NotGivenBack(ILogger logger, Exception exception, string session);

        [LoggerMessage(Level = LogLevel.Warning, Message = "Tool {Tool} ignores its cancellation in session {Session}; it is left to itself.")]
        public static partial void Abandoned(ILogger logger, string tool, string session);

        [LoggerMessage(Level = LogLevel.Warning, Message = "Tool {Tool} failed in session {Session}.")]
        public static partial void ToolFailed(ILogger logger, Exception exception, string tool, string session);

        [LoggerMessage(Level = LogLevel.Warning, Message = "The secret {Secret} of {Tenant}/{Client} could not be read from its place ({Source}).")]
        public static partial void SecretUnread(ILogger logger, Exception exception, string secret, string source, string tenant, string client);
    }
}
