using OrleansMcp.Drill.History;
using OrleansMcp.Drill.Run;
using OrleansMcp.Drill.Targets;

namespace OrleansMcp.Drill.Workloads.Sessions;

/// <summary>Puts secrets into sessions, and has texts signed with them, now and then in ended sessions or with a secret that was never given.</summary>
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

        if (drawn < 0.4 || (drawn < 0.85 && !session.Secrets.Contains(name)))
        {
            await PutAsync(user, session, name, user.Run.NextToken(user.Client, session.Number), cancellationToken);
        }

        if (drawn >= 0.4)
        {
            var text = user.Run.NextToken(user.Client, session.Number);
            await SignAsync(user, drawn > 0.9 && user.Ended.Count > 0 ? user.Ended[^1] : session, name, text, cancellationToken);
        }
    }

    public static async Task PutAsync(VirtualUser user, UserSession session, string name, string token, CancellationToken cancellationToken)
    {
        var (stamp, _) = await user.SendAsync(session.Number, new(user.Client, RequestKind.PutSecret, session.Id, token, name), cancellationToken);
        user.Log.Add(new SecretPut(stamp, name, token));
        if (stamp.Outcome == Outcome.Ok)
        {
            session.Secrets.Add(name);
        }
    }

    private static async Task SignAsync(VirtualUser user, UserSession session, string name, string text, CancellationToken cancellationToken)
    {
        var (stamp, reply) = await user.CallAsync(session, Tool, new() { ["secret"] = name, ["text"] = text }, cancellationToken);
        user.Log.Add(new SecretUse(stamp, name, text, reply.Outcome == Outcome.Ok ? reply.Text : null));
    }
}
