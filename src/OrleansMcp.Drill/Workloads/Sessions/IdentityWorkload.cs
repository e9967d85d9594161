using OrleansMcp.Drill.History;
using OrleansMcp.Drill.Run;

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
        DrillClient? owner = reply.Outcome == Outcome.Ok
            ? new DrillClient((string?)reply.Content?["tenant"] ?? "", (string?)reply.Content?["client"] ?? "")
            : null;
        user.Log.Add(new IdentityQuery(stamp, owner));
    }
}
