using OrleansMcp.Drill.Run;

namespace OrleansMcp.Drill.Workloads.Sessions;

/// <summary>Opens and ends sessions, lets them idle, and uses ended ones.</summary>
internal sealed class LifecycleWorkload : IWorkload
{
    private const int MostOpen = 4;

    public IReadOnlyList<string> Tools => [];

    public int Weight => 8;

    public async Task RunAsync(VirtualUser user, Random random, CancellationToken cancellationToken)
    {
        var (drawn, session) = (random.NextDouble(), await user.SessionAsync(random, cancellationToken));
        if (session is null)
        {
            return;
        }

        if (drawn < 0.4 && user.Open.Count < MostOpen && user.MayOpen)
        {
            await user.OpenAsync(cancellationToken);
        }
        else if (drawn < 0.6)
        {
            await user.EndAsync(session, cancellationToken);
        }
        else if (drawn < 0.8)
        {
            session.IdleUntil = user.Run.Time.GetTimestamp() + (long)(user.Run.Plan.IdleTime.TotalSeconds * user.Run.Time.TimestampFrequency);
        }
        else if (user.Ended.Count > 0)
        {
            await IdentityWorkload.AskAsync(user, user.Ended[^1], cancellationToken);
        }
    }
}
