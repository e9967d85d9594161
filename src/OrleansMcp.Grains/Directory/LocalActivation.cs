using Orleans.GrainDirectory;
using Orleans.Runtime;

namespace OrleansMcp.Grains.Directory;

/// <summary>
/// An activation that callers in its own process may call directly, with the time when it was last confirmed to be the one that the cluster
/// uses: by a write that the store took, because writes are fenced, or by a look-up in the grain directory.
/// </summary>
internal abstract class LocalActivation(IGrainContext context, TimeProvider time)
{
    private static readonly TimeSpan s_trusted = TimeSpan.FromSeconds(10);

    private long _foundAt = time.GetTimestamp(); // the grain directory has just registered the activation
    private int _isLookingUp;

    public GrainId Grain => context.GrainId;

    /// <summary>Whether a write or a look-up confirmed the activation within the last ten seconds.</summary>
    public bool IsConfirmed => time.GetElapsedTime(Math.Max(Volatile.Read(ref _foundAt), WrittenAt)) < s_trusted;

    /// <summary>When the store last took a fenced write of this activation, as a timestamp; 0 for never.</summary>
    protected abstract long WrittenAt { get; }

    /// <summary>Looks up the grain, unless a look-up is running. Deactivates this activation if the directory names another one.</summary>
    public async Task ConfirmAsync(IGrainDirectory directory)
    {
        if (Interlocked.Exchange(ref _isLookingUp, 1) != 0)
        {
            return;
        }

        try
        {
            var begun = time.GetTimestamp();
            if (context.Address.Matches(await directory.Lookup(context.GrainId)))
            {
                Volatile.Write(ref _foundAt, begun);
            }
            else
            {
                Leave("The grain directory names another activation.");
            }
        }
        finally
        {
            Volatile.Write(ref _isLookingUp, 0);
        }
    }

    /// <summary>Deactivates the activation. May be called from any thread.</summary>
    public void Leave(string why) => context.Deactivate(new DeactivationReason(DeactivationReasonCode.ApplicationRequested, why));
}
