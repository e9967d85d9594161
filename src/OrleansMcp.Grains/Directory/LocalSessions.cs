using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.GrainDirectory;
using Orleans.Runtime;
using OrleansMcp.Grains.Sessions;
using OrleansMcp.Sessions;

namespace OrleansMcp.Grains.Directory;

/// <summary>
/// Finds sessions whose activation lives in this process, for a method call in place of a grain call. The grain stays the single owner:
/// what is found here counts only while this silo is an active member and the activation is confirmed (<see cref="LocalActivation"/>).
/// </summary>
internal sealed partial class LocalSessions(
    Activations activations, ISiloStatusOracle silos, [FromKeyedServices(GrainDirectoryAttribute.DEFAULT_GRAIN_DIRECTORY)] IGrainDirectory directory,
    ILogger<LocalSessions> logger)
{
    /// <summary>The session, or null when it must be reached through its grain.</summary>
    public Session? Find(SessionKey key)
    {
        // One that has ended stands here until its activation has left; its grain knows what comes after it, as for a principal another life.
        if (activations.Find(key) is not { Session.Exists: true } activation || silos.CurrentStatus != SiloStatus.Active)
        {
            return null;
        }

        if (activation.IsConfirmed)
        {
            return activation.Session;
        }

        _ = ConfirmAsync(activation);
        return null;
    }

    private async Task ConfirmAsync(LocalActivation activation)
    {
        try
        {
            await activation.ConfirmAsync(directory);
        }
        catch (Exception e)
        {
            // Not confirmed: the next message looks again, and goes through the grain meanwhile.
            LogUnconfirmed(logger, e, activation.Session.Key.Value);
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "Session {Session} could not be looked up in the grain directory.")]
    private static partial void LogUnconfirmed(ILogger logger, Exception exception, string session);
}
