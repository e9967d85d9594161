using System.Globalization;
using OrleansMcp.Drill.History;
using OrleansMcp.Drill.Run;

namespace OrleansMcp.Drill.Workloads.Sessions;

/// <summary>Raises the counter of a session, several times at once.</summary>
internal sealed class CounterWorkload : IWorkload
{
    public const string Tool = "increment";
    private const int MostAtOnce = 4;

    public IReadOnlyList<string> Tools => [Tool];

    public int Weight => 10;

    public async Task RunAsync(VirtualUser user, Random random, CancellationToken cancellationToken)
    {
        var increments = Enumerable.Range(0, 1 + random.Next(MostAtOnce)).Select(_ => random.Next(10)).ToList();
        if (await user.SessionAsync(random, cancellationToken) is { } session)
        {
            await Task.WhenAll(increments.Select(by => IncrementAsync(user, session, by, cancellationToken)));
        }
    }

    /// <param name="user">The owner of the session.</param>
    /// <param name="session">The session.</param>
    /// <param name="by">0 reads the counter.</param>
    /// <param name="cancellationToken">Gives up the call.</param>
    public static async Task IncrementAsync(VirtualUser user, UserSession session, long by, CancellationToken cancellationToken)
    {
        var (stamp, reply) = await user.CallAsync(session, Tool, new() { ["by"] = by }, cancellationToken);
        user.Log.Add(new CounterIncrement(stamp, by, long.TryParse(reply.Text, CultureInfo.InvariantCulture, out var value) ? value : -1));
    }
}
