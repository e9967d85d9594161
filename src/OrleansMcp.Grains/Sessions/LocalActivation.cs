using Orleans.GrainDirectory;
using Orleans.Runtime;
using OrleansMcp.Grains.Storage;
using OrleansMcp.Sessions;

namespace OrleansMcp.Grains.Sessions;

/// <summary>
/// What an activation publishes to the front end of its own process, and how lately it was known to be the one that the cluster finds: a
/// write that the store took proves it, because <see cref="GrainSessionStore"/> is fenced, and so does a look-up in the grain directory.
/// </summary>
internal sealed class LocalActivation(Session session, GrainSessionStore store, IGrainContext context, TimeProvider time)
{
    /// <summary>The <see cref="DueSecond"/> of an activation that is on its way out of memory.</summary>
    public const long Left = -1;

    private static readonly TimeSpan s_trusted = TimeSpan.FromSeconds(10);

    private long _foundAt = time.GetTimestamp(); // the directory has just registered it
    private int _isLookingUp;

    public Session Session => session;

    /// <summary>When <see cref="PassivationClock"/> looks at it next, seconds since year 1. Its own, under its lock.</summary>
    public long DueSecond { get; set; }

    /// <summary>Whether a write or a look-up of the last ten seconds says that no other activation serves the session.</summary>
    public bool IsConfirmed => time.GetElapsedTime(Math.Max(Volatile.Read(ref _foundAt), store.WrittenAt)) < s_trusted;

    /// <summary>Looks the session up, once at a time. An activation that the directory does not name leaves.</summary>
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
