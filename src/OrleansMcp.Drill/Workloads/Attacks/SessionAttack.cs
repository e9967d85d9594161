using System.Buffers.Text;
using OrleansMcp.Drill.History;
using OrleansMcp.Drill.Run;

namespace OrleansMcp.Drill.Workloads.Attacks;

/// <summary>
/// Uses the session id of another client, or a forged one. The server must answer as for an id that it never issued, byte for byte: the
/// same request with another forged id is the baseline.
/// </summary>
internal sealed class SessionAttack : IWorkload
{
    private const double ForgedShare = 0.2;

    public IReadOnlyList<string> Tools => [];

    public int Weight => 12;

    public async Task RunAsync(VirtualUser user, Random random, CancellationToken cancellationToken)
    {
        var request = SessionRequest.All[random.Next(SessionRequest.All.Count)];
        var (forges, victim) = (random.NextDouble() < ForgedShare, user.Run.DrawVictim(user.Client, random));
        var (never, other) = (ForgeId(random), ForgeId(random));
        if (!user.Run.TryAttack(user.Client)
            || await TryAsync(user, request, never, "an id made up", Attack.ForgedSignal, baseline: null, cancellationToken) is not { } baseline)
        {
            return;
        }

        if (forges)
        {
            await TryAsync(user, request, other, "another id made up", Attack.ForgedSignal, baseline, cancellationToken);
        }
        else if (victim is { } session)
        {
            var signal = session.Owner.Tenant == user.Client.Tenant ? Attack.SessionSignal : Attack.TenantSignal;
            await TryAsync(user, request, session.Id, $"session {session.Number} of {session.Owner}", signal, baseline, cancellationToken);
        }
    }

    /// <summary>Returns the answer; null when there was none, or when the server only throttled the client.</summary>
    private static async Task<string?> TryAsync(
        VirtualUser user, SessionRequest request, string id, string target, string signal, string? baseline, CancellationToken cancellationToken)
    {
        var (stamp, reply) = await user.SendAsync(session: 0, request.On(id, user.Client), cancellationToken);
        var answer = FormattableString.Invariant($"{reply.Status} {reply.Body}");

        // The answer to a forged id is the baseline of the attack that follows. Its own baseline is the documented status.
        var attack = new Attack(stamp, request.Name, target, signal, answer, baseline ?? (reply.Status == 404 ? answer : "404")) { IsBaseline = baseline is null };
        user.Log.Add(attack);
        return attack.IsJudged ? answer : null;
    }

    /// <summary>Draws an id of the form that the server issues.</summary>
    private static string ForgeId(Random random)
    {
        return $"{Part(16)}.{Part(16)}.{Part(20)}";

        string Part(int bytes)
        {
            var part = new byte[bytes];
            random.NextBytes(part);
            return Base64Url.EncodeToString(part);
        }
    }
}
