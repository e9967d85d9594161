using System.Globalization;
using OrleansMcp.Drill.Clients;
using OrleansMcp.Drill.History;

namespace OrleansMcp.Drill.Work;

/// <summary>Opens, ends and rests sessions, and uses ended ones.</summary>
internal sealed class LifeWork : IWork
{
    private const int MostOpen = 4;

    public IReadOnlyList<string> Tools => [];

    public int Weight => 8;

    public async Task RunAsync(Lane lane, Random random, CancellationToken cancellationToken)
    {
        var (drawn, session) = (random.NextDouble(), await lane.SessionAsync(random, cancellationToken));
        if (session is null)
        {
            return;
        }

        if (drawn < 0.4 && lane.Open.Count < MostOpen)
        {
            await lane.OpenAsync(cancellationToken);
        }
        else if (drawn < 0.6)
        {
            await lane.EndAsync(session, cancellationToken);
        }
        else if (drawn < 0.8)
        {
            session.RestsUntil = lane.Board.Time.GetTimestamp() + (long)(lane.Board.Plan.Rest.TotalSeconds * lane.Board.Time.TimestampFrequency);
        }
        else if (lane.Ended.Count > 0)
        {
            await WhoAmIWork.AskAsync(lane, lane.Ended[^1], cancellationToken);
        }
    }
}

/// <summary>Asks whose session it is.</summary>
internal sealed class WhoAmIWork : IWork
{
    public const string Tool = "whoami";

    public IReadOnlyList<string> Tools => [Tool];

    public int Weight => 4;

    public async Task RunAsync(Lane lane, Random random, CancellationToken cancellationToken)
    {
        if (await lane.SessionAsync(random, cancellationToken) is { } session)
        {
            await AskAsync(lane, session, cancellationToken);
        }
    }

    public static async Task AskAsync(Lane lane, LaneSession session, CancellationToken cancellationToken)
    {
        var (stamp, reply) = await lane.CallAsync(session, Tool, [], cancellationToken);
        Party? said = reply.Outcome == Outcome.Ok
            ? new Party((string?)reply.Content?["tenant"] ?? "", (string?)reply.Content?["client"] ?? "")
            : null;
        lane.Log.Add(new IdentityQuestion(stamp, said));
    }
}

/// <summary>Raises the counter of a session, several times at once.</summary>
internal sealed class CounterWork : IWork
{
    public const string Tool = "increment";
    private const int MostAtOnce = 4;

    public IReadOnlyList<string> Tools => [Tool];

    public int Weight => 10;

    public async Task RunAsync(Lane lane, Random random, CancellationToken cancellationToken)
    {
        var steps = Enumerable.Range(0, 1 + random.Next(MostAtOnce)).Select(_ => random.Next(10)).ToList();
        if (await lane.SessionAsync(random, cancellationToken) is { } session)
        {
            await Task.WhenAll(steps.Select(by => StepAsync(lane, session, by, cancellationToken)));
        }
    }

    public static async Task StepAsync(Lane lane, LaneSession session, long by, CancellationToken cancellationToken)
    {
        var (stamp, reply) = await lane.CallAsync(session, Tool, new() { ["by"] = by }, cancellationToken);
        lane.Log.Add(new CounterStep(stamp, by, long.TryParse(reply.Text, CultureInfo.InvariantCulture, out var value) ? value : -1));
    }
}

/// <summary>Gives secrets to sessions, and has texts signed with them.</summary>
internal sealed class SecretWork : IWork
{
    public const string Tool = "secret_sign";

    // The same names in every session: what tells their secrets apart is the session.
    private static readonly string[] s_names = ["signing", "other"];

    public IReadOnlyList<string> Tools => [Tool];

    public int Weight => 8;

    public async Task RunAsync(Lane lane, Random random, CancellationToken cancellationToken)
    {
        var (drawn, name) = (random.NextDouble(), s_names[random.Next(s_names.Length)]);
        if (await lane.SessionAsync(random, cancellationToken) is not { } session)
        {
            return;
        }

        var token = lane.Board.NextToken(lane.Party, session.Number);
        if (drawn < 0.4)
        {
            var (stamp, _) = await lane.SendAsync(session.Number, new(lane.Party, Verb.GiveSecret, session.Id, token, name), cancellationToken);
            lane.Log.Add(new SecretGiven(stamp, name, token));
        }
        else
        {
            await SignAsync(lane, drawn > 0.9 && lane.Ended.Count > 0 ? lane.Ended[^1] : session, name, token, cancellationToken);
        }
    }

    private static async Task SignAsync(Lane lane, LaneSession session, string name, string text, CancellationToken cancellationToken)
    {
        var (stamp, reply) = await lane.CallAsync(session, Tool, new() { ["secret"] = name, ["text"] = text }, cancellationToken);
        lane.Log.Add(new SecretUse(stamp, name, text, reply.Outcome == Outcome.Ok ? reply.Text : null));
    }
}
