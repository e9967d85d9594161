using OrleansMcp.Drill.History;
using OrleansMcp.Drill.Run;
using OrleansMcp.Drill.Targets;

namespace OrleansMcp.Drill.Workloads.Sessions;

/// <summary>Asks a session which client owns it.</summary>
internal sealed class IdentityWorkload : IWorkload
{
    public const string Tool = "whoami";

    public IReadOnlyList<string> Tools => [Tool];

    public int Weight => 4;

    public async Task RunAsync(VirtualUser user, Random random, CancellationToken cancellationToken)
    {
        if (await user.SessionAsync(random, cancellationToken) is { } session)
        {
            await AskAsync(user, session, cancellationToken);
        }
    }

    public static async Task AskAsync(VirtualUser user, UserSession session, CancellationToken cancellationToken)
    {
        var (stamp, reply) = await user.CallAsync(session, Tool, [], cancellationToken);
        user.Log.Add(new IdentityQuery(stamp, OwnerIn(reply)));
    }

    /// <summary>The client that the server takes the user for; null when it does not say. Adds nothing to the history.</summary>
    public static async Task<DrillClient?> OwnerAsync(VirtualUser user, UserSession session, CancellationToken cancellationToken) =>
        OwnerIn((await user.CallAsync(session, Tool, [], cancellationToken)).Reply);

    private static DrillClient? OwnerIn(ToolReply reply) => reply.Outcome == Outcome.Ok
        ? new DrillClient(reply.Content?["tenant"]?.ToString() ?? "", reply.Content?["client"]?.ToString() ?? "")
        : null;
}
