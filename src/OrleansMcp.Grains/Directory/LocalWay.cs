using Microsoft.Extensions.Logging;
using Orleans.GrainDirectory;
using Orleans.Runtime;

namespace OrleansMcp.Grains.Directory;

/// <summary>
/// Says whether an actor whose activation lives in this process may be called by a method call in place of a grain call. The grain stays the
/// single owner: the activation counts only while this silo is an active member and nothing says that another one took over
/// (<see cref="LocalActivation"/>).
/// </summary>
/// <param name="silos">Knows what this silo is to its cluster.</param>
/// <param name="directory">Confirms activations; null for a silo that is its whole cluster, where nobody else can take over.</param>
/// <param name="logger">Told of activations that could not be confirmed.</param>
internal sealed partial class LocalWay(ISiloStatusOracle silos, IGrainDirectory? directory, ILogger<LocalWay> logger)
{
    /// <summary>Whether it may be called here. If it must be confirmed first, that begins, and the next call may find it so.</summary>
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
            // Not confirmed: the next call looks again, and goes through the grain meanwhile.
            LogUnconfirmed(logger, e, activation.Grain);
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "The activation of {Grain} could not be looked up in the grain directory.")]
    private static partial void LogUnconfirmed(ILogger logger, Exception exception, GrainId grain);
}
