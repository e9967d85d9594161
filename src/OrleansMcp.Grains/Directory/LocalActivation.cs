using Orleans.GrainDirectory;
using Orleans.Runtime;

namespace OrleansMcp.Grains.Directory;

/// <summary>
/// What an activation publishes to callers in its own process, and how lately it was known to be the one that the cluster finds: a write
/// that the store took proves it, because writes are fenced, and so does a look-up in the grain directory.
/// </summary>
internal abstract class LocalActivation(IGrainContext context, TimeProvider time)
{
    private static readonly TimeSpan s_trusted = TimeSpan.FromSeconds(10);

    private long _foundAt = time.GetTimestamp(); // the directory has just registered it
    private int _isLookingUp;

    public GrainId Grain => context.GrainId;

    /// <summary>Whether a write or a look-up of the last ten seconds says that there is no other activation.</summary>
    public bool IsConfirmed => time.GetElapsedTime(Math.Max(Volatile.Read(ref _foundAt), WrittenAt)) < s_trusted;

    /// <summary>When the store last took a fenced write of this activation, as a timestamp; 0 for never.</summary>
    protected abstract long WrittenAt { get; }

    /// <summary>Looks the grain up, once at a time. An activation that the directory does not name leaves.</summary>
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

    /// <summary>Takes the activation out of memory, from any thread.</summary>
    public void Leave(string why) => context.Deactivate(new DeactivationReason(DeactivationReasonCode.ApplicationRequested, why));
}
