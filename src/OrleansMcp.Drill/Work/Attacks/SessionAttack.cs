using System.Buffers.Text;
using OrleansMcp.Drill.Clients;
using OrleansMcp.Drill.History;

namespace OrleansMcp.Drill.Work.Attacks;

/// <summary>What can be tried on a session by whoever knows its id.</summary>
internal sealed record Attempt(string Kind, Verb Verb, string? Body = null, string? Argument = null)
{
    public static IReadOnlyList<Attempt> All { get; } =
    [
        new("POST of increment", Verb.Post, Message.Call("increment", new() { ["by"] = 1000 })),
        new("POST of whoami", Verb.Post, Message.Call("whoami", [])),
        new("POST of tools/list", Verb.Post, Message.ListTools),
        new("GET of the stream", Verb.Listen),
        new("GET with Last-Event-ID", Verb.Listen, Argument: "00000000-1-1"),
        new("PUT of a secret", Verb.GiveSecret, Body: "the attacker's", Argument: "signing"),
        new("DELETE", Verb.End),
    ];

    public DrillRequest On(string session, Party who) => new(who, Verb, session, Body, Argument);
}

/// <summary>
/// Uses another client's session id, or one that was made up. The answer must be that about an id which never was, byte for byte.
/// </summary>
internal sealed class SessionAttack : IWork
{
    public const string ForgedSignal = "forged_session_id";
    public const string SessionSignal = "cross_session_attempt";
    public const string TenantSignal = "cross_tenant_attempt";

    private const double Forged = 0.2;

    public IReadOnlyList<string> Tools => [];

    public int Weight => 12;

    public async Task RunAsync(Lane lane, Random random, CancellationToken cancellationToken)
    {
        var attempt = Attempt.All[random.Next(Attempt.All.Count)];
        var (forges, victim) = (random.NextDouble() < Forged, lane.Board.Victim(lane.Party, random));
        var (never, other) = (MadeUp(random), MadeUp(random));
        if (!lane.Board.MayAttack(lane.Party))
        {
            return;
        }

        if (await TryAsync(lane, attempt, never, "an id made up", ForgedSignal, measure: null, cancellationToken) is not { } measure)
        {
            return;
        }

        if (forges)
        {
            await TryAsync(lane, attempt, other, "another id made up", ForgedSignal, measure, cancellationToken);
        }
        else if (victim is { } session)
        {
            var signal = session.Owner.Tenant == lane.Party.Tenant ? SessionSignal : TenantSignal;
            await TryAsync(lane, attempt, session.Id, $"session {session.Number} of {session.Owner}", signal, measure, cancellationToken);
        }
    }

    /// <summary>The answer, if there was one and it says more than that the client tried too often.</summary>
    private static async Task<string?> TryAsync(
        Lane lane, Attempt attempt, string id, string target, string signal, string? measure, CancellationToken cancellationToken)
    {
        var (stamp, reply) = await lane.SendAsync(session: 0, attempt.On(id, lane.Party), cancellationToken);
        var answer = FormattableString.Invariant($"{reply.Status} {reply.Body}");

        // Without a measure this is one: then it must be the documented status, and what it says is what others must say.
        lane.Log.Add(new Attack(stamp, attempt.Kind, target, signal, answer, measure ?? (reply.Status == 404 ? answer : "404")));
        return stamp.Outcome == Outcome.Unknown || stamp.Code == Attack.Throttled ? null : answer;
    }

    /// <summary>An id of the right form.</summary>
    private static string MadeUp(Random random)
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
