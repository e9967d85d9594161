using Microsoft.Extensions.Logging;
using Orleans.GrainDirectory;
using Orleans.Runtime;

namespace OrleansMcp.Grains.Directory;

/// <summary>
/// Decides whether an activation in this process may be called by a method call in place of a grain call. The grain stays the single owner:
/// the activation is used only while this silo is an active member and the activation is confirmed (<see cref="LocalActivation"/>).
/// </summary>
/// <param name="silos">Tells the status of this silo.</param>
/// <param name="directory">Confirms activations; null for a silo that is its whole cluster, where no other silo can take over.</param>
/// <param name="logger">Logs failed look-ups.</param>
internal sealed partial class LocalWay(ISiloStatusOracle silos, IGrainDirectory? directory, ILogger<LocalWay> logger)
{
    /// <summary>Whether the activation may be called directly. If not confirmed, starts a look-up, so that a later call may get true.</summary>
    public bool IsOpenTo(LocalActivation activation)
    {
        if (silos.CurrentStatus != SiloStatus.Active)
        {
            return false;
        }

        if (directory is null || activation.IsConfirmed)
        {
            return true;
        }

        _ = ConfirmAsync(activation, directory);
        return false;
    }

    private async Task ConfirmAsync(LocalActivation activation, IGrainDirectory directory)
    {
        try
        {
            await activation.ConfirmAsync(directory);
        }
        catch (Exception e)
        {
            // Not confirmed: the next call starts another look-up and uses the grain.
            LogUnconfirmed(logger, e, activation.Grain);
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "The activation of {Grain} could not be looked up in the grain directory.")]
    private static partial void LogUnconfirmed(ILogger logger, Exception exception, GrainId grain);
}
