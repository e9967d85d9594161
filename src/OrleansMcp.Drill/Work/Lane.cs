using System.Text.Json.Nodes;
using OrleansMcp.Drill.Clients;
using OrleansMcp.Drill.History;

namespace OrleansMcp.Drill.Work;

/// <summary>A session of a lane.</summary>
internal sealed class LaneSession(int number, string id)
{
    public int Number => number;

    public string Id => id;

    /// <summary>Until when nothing is asked of it, as a timestamp.</summary>
    public long RestsUntil { get; set; }
}

/// <summary>One line of work of a client: its sessions, and what it does with them, one step after the other.</summary>
internal sealed class Lane(Board board, int number, Party party, IDrillTarget target, HistoryLog log)
{
    private readonly List<LaneSession> _open = [];
    private long _requests = 1;
    private readonly List<LaneSession> _ended = [];

    public Board Board => board;

    public Party Party => party;

    public HistoryLog Log => log;

    public IReadOnlyList<LaneSession> Open => _open;

    public IReadOnlyList<LaneSession> Ended => _ended;

    public bool Offers(string tool) => board.Offers(party, tool);

    /// <summary>Works until the run is over. What step n does is drawn from seed, lane and n alone, whatever the steps before brought.</summary>
    public async Task RunAsync(IReadOnlyList<IWork> works, CancellationToken cancellationToken)
    {
        var offered = works.Where(work => work.Tools.All(Offers)).ToList();
        var weights = offered.Sum(work => work.Weight);
        for (var step = 0; step < board.Plan.StepsPerLane && !board.IsOver; step++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var random = new Random(Draws(board.Plan.Seed, number, step));
            var drawn = random.Next(weights);
            await offered.First(work => (drawn -= work.Weight) < 0).RunAsync(this, random, cancellationToken);
        }
    }

    /// <summary>Ends what is open.</summary>
    public async Task FinishAsync(CancellationToken cancellationToken)
    {
        foreach (var session in _open.ToList())
        {
            await EndAsync(session, cancellationToken);
        }
    }

    /// <summary>Opens a session; null when the server would not.</summary>
    public async Task<LaneSession?> OpenAsync(CancellationToken cancellationToken)
    {
        var beginning = log.Begin(party, board.NextSession());
        var reply = await target.SendAsync(new(party, Verb.Post, Session: null, Message.Initialize), cancellationToken);
        var opened = ToolReply.Of(reply);
        log.Add(new SessionOpening(log.End(beginning, opened.Outcome, opened.Code)));
        if (opened.Outcome != Outcome.Ok || reply.Session is not { } id)
        {
            return null;
        }

        var session = new LaneSession(beginning.Session, id);
        _open.Add(session);
        board.Opened(session.Number, party, id);
        await target.SendAsync(new(party, Verb.Post, id, Message.Initialized), cancellationToken);
        return session;
    }

    public async Task EndAsync(LaneSession session, CancellationToken cancellationToken)
    {
        var (stamp, _) = await SendAsync(session.Number, new(party, Verb.End, session.Id), cancellationToken);
        log.Add(new SessionEnding(stamp));
        if (_open.Remove(session))
        {
            _ended.Add(session);
        }
    }

    /// <summary>A session that does not rest, opened if there is none.</summary>
    public async ValueTask<LaneSession?> SessionAsync(Random random, CancellationToken cancellationToken)
    {
        var drawn = random.NextDouble();
        var now = board.Time.GetTimestamp();
        var awake = _open.Where(session => session.RestsUntil <= now).ToList();
        return awake.Count > 0 ? awake[(int)(drawn * awake.Count)] : await OpenAsync(cancellationToken);
    }

    /// <summary>Calls a tool in a session.</summary>
    public async Task<(Stamp Stamp, ToolReply Reply)> CallAsync(
        LaneSession session, string tool, JsonObject arguments, CancellationToken cancellationToken)
    {
        var beginning = log.Begin(party, session.Number);
        var message = Message.Call(tool, arguments, Interlocked.Increment(ref _requests));
        var reply = ToolReply.Of(await target.SendAsync(new(party, Verb.Post, session.Id, message), cancellationToken));
        return (log.End(beginning, reply.Outcome, reply.Code), reply);
    }

    /// <summary>Sends a request whose answer is a status.</summary>
    public async Task<(Stamp Stamp, DrillReply Reply)> SendAsync(int session, DrillRequest request, CancellationToken cancellationToken)
    {
        var beginning = log.Begin(party, session);
        var reply = await target.SendAsync(request, cancellationToken);
        var meant = ToolReply.OfStatus(reply);
        return (log.End(beginning, meant.Outcome, meant.Code), reply);
    }

    /// <summary>Which tools the server offers to this client.</summary>
    public async Task<IReadOnlyList<string>> ToolsAsync(LaneSession session, CancellationToken cancellationToken)
    {
        var reply = ToolReply.Of(await target.SendAsync(new(party, Verb.Post, session.Id, Message.ListTools), cancellationToken));
        return reply.Content?["tools"] is JsonArray tools ? [.. tools.Select(tool => (string?)tool?["name"]).OfType<string>()] : [];
    }

    /// <summary>The seed of a step: neighbouring lanes and steps have nothing in common.</summary>
    private static int Draws(int seed, int lane, int step)
    {
        unchecked
        {
            var mixed = ((ulong)(uint)seed << 32) ^ ((ulong)(uint)lane << 20) ^ (uint)step;
            mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
            mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
            return (int)((mixed ^ (mixed >> 31)) & int.MaxValue);
        }
    }
}
