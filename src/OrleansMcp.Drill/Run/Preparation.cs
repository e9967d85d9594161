using System.Globalization;
using OrleansMcp.Drill.History;
using OrleansMcp.Drill.Targets;
using OrleansMcp.Drill.Workloads.Attacks;
using OrleansMcp.Drill.Workloads.Records;
using OrleansMcp.Drill.Workloads.Sessions;

namespace OrleansMcp.Drill.Run;

/// <summary>
/// Gets the virtual users ready one after the other: each has a session that holds something, knows the tools, and has put the record that
/// attacks are after. What makes the whole run pointless is told here.
/// </summary>
internal sealed class Preparation(RunState run, TimeProvider time)
{
    /// <summary>How often a client asks for its first session: a server that has just started may tell it to come back.</summary>
    private const int OpenAttempts = 10;

    private const int PutAttempts = 3;

    private static readonly TimeSpan s_retryDelay = TimeSpan.FromSeconds(2);

    /// <summary>Returns those that have a session. A client whose quota of sessions is too small for all its users goes on with fewer.</summary>
    /// <exception cref="DrillException">A client got no session, or is not who it is said to be.</exception>
    public async Task<IReadOnlyList<VirtualUser>> PrepareAsync(IReadOnlyList<VirtualUser> users, CancellationToken cancellationToken)
    {
        List<VirtualUser> ready = [];
        foreach (var user in users)
        {
            run.Phase = new RunPhase(RunPhase.Patience, time);
            if (await OpenAsync(user, isFirst: !ready.Exists(other => other.Client == user.Client), cancellationToken) is not { } session)
            {
                continue;
            }

            ready.Add(user);
            run.SetOffered(user.Client, await user.ListToolsAsync(session, cancellationToken));
            await CheckIdentityAsync(user, session, cancellationToken);
            await user.FillAsync(session, cancellationToken);
            await PutTreasureAsync(user, session, cancellationToken);
        }

        return ready;
    }

    /// <summary>Returns null when the client has a session, and may have no other.</summary>
    private async Task<UserSession?> OpenAsync(VirtualUser user, bool isFirst, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var (session, reply) = await user.TryOpenAsync(cancellationToken);
            if (session is not null)
            {
                return session;
            }

            if (!isFirst && reply.Hindrance is { Kind: HindranceKind.Quota, Name: "sessions" })
            {
                return null;
            }

            var mayWait = reply.Hindrance is { Kind: HindranceKind.Quota or HindranceKind.Throttle }
                ? reply.RetryAfter < run.Phase.Rest
                : reply.Hindrance is { Kind: HindranceKind.Failure or HindranceKind.Silence } && attempt < OpenAttempts;
            if (!mayWait)
            {
                throw new DrillException(Problem(user.Client, reply));
            }

            await Task.Delay(s_retryDelay, time, cancellationToken);
        }
    }

    private static string Problem(DrillClient client, ToolReply reply) => reply switch
    {
        { Outcome: Outcome.Ok } => $"{client} was answered without an Mcp-Session-Id: the drill needs a server of sessions (2025-11-25).",
        { Hindrance: { } hindrance } => $"{client} could not open a session: {hindrance}. {Said(reply)}{hindrance.Remedy}",
        _ => $"{client} could not open a session ({reply.Code}). {Said(reply)}See whether this is the URL of a server of MCP, without /mcp.",
    };

    /// <summary>The beginning of what the server said, on one line.</summary>
    private static string Said(ToolReply reply)
    {
        var text = string.Join(' ', reply.Text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return text.Length == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"The server said: {(text.Length > 200 ? text[..200] : text)} ");
    }

    /// <summary>A key in the wrong line of the file would look like a server that takes clients for others.</summary>
    private static async Task CheckIdentityAsync(VirtualUser user, UserSession session, CancellationToken cancellationToken)
    {
        if (user.Offers(IdentityWorkload.Tool) && await IdentityWorkload.OwnerAsync(user, session, cancellationToken) is { } owner && owner != user.Client)
        {
            throw new DrillException($"The server takes the key of {user.Client} for one of {owner}. If the file of keys is right, clients are mixed up.");
        }
    }

    private async Task PutTreasureAsync(VirtualUser user, UserSession session, CancellationToken cancellationToken)
    {
        var space = new RecordSpace(user.Client, run.PrivateNamespace);
        for (var attempt = 0; attempt < PutAttempts && user.Offers(RecordCalls.Put); attempt++)
        {
            var stamp = await user.PutAsync(session, space, NamespaceAttack.Key, expected: null, count: null, cancellationToken);
            if (stamp.Outcome == Outcome.Ok)
            {
                run.HasTreasure(user.Client);
                return;
            }
        }
    }
}
