using OrleansMcp.Drill.History;
using OrleansMcp.Drill.Run;
using OrleansMcp.Drill.Targets;

namespace OrleansMcp.Drill.Workloads.Sessions;

/// <summary>Puts secrets into sessions, and has texts signed with them, in ended sessions too.</summary>
internal sealed class SecretWorkload : IWorkload
{
    public const string Tool = "secret_sign";

    // Every session has the same names of secrets, so that only the session tells their values apart.
    private static readonly string[] s_names = ["signing", "other"];

    public IReadOnlyList<string> Tools => [Tool];

    public int Weight => 8;

    public async Task RunAsync(VirtualUser user, Random random, CancellationToken cancellationToken)
    {
        var (drawn, name) = (random.NextDouble(), s_names[random.Next(s_names.Length)]);
        if (await user.SessionAsync(random, cancellationToken) is not { } session)
        {
            return;
        }

        var token = user.Run.NextToken(user.Client, session.Number);
        if (drawn < 0.4)
        {
            var (stamp, _) = await user.SendAsync(session.Number, new(user.Client, RequestKind.PutSecret, session.Id, token, name), cancellationToken);
            user.Log.Add(new SecretPut(stamp, name, token));
        }
        else
        {
            await SignAsync(user, drawn > 0.9 && user.Ended.Count > 0 ? user.Ended[^1] : session, name, token, cancellationToken);
        }
    }

    private static async Task SignAsync(VirtualUser user, UserSession session, string name, string text, CancellationToken cancellationToken)
    {
        var (stamp, reply) = await user.CallAsync(session, Tool, new() { ["secret"] = name, ["text"] = text }, cancellationToken);
        user.Log.Add(new SecretUse(stamp, name, text, reply.Outcome == Outcome.Ok ? reply.Text : null));
    }
}
