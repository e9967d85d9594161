using System.Text.Json.Nodes;
using OrleansMcp.Drill.History;
using OrleansMcp.Drill.Targets;
using OrleansMcp.Drill.Workloads;

namespace OrleansMcp.Drill.Run;

/// <summary>One line of work of a client: sessions of its own, and workloads done in them one after the other.</summary>
internal sealed class VirtualUser(RunState run, int number, DrillClient client, IDrillTarget target, HistoryLog log)
{
    private readonly List<UserSession> _open = [];
    private readonly List<UserSession> _ended = [];
    private long _lastRequest = 1;

    public RunState Run => run;

    public DrillClient Client => client;

    public HistoryLog Log => log;

    public IReadOnlyList<UserSession> Open => _open;

    public IReadOnlyList<UserSession> Ended => _ended;

    public bool Offers(string tool) => run.Offers(client, tool);

    /// <summary>Does steps until the run is over. Step n is drawn from the seed, the user's number and n alone: no reply changes later steps.</summary>
    public async Task RunAsync(IReadOnlyList<IWorkload> workloads, CancellationToken cancellationToken)
    {
        var offered = workloads.Where(workload => workload.Tools.All(Offers)).ToList();
        var weights = offered.Sum(workload => workload.Weight);
        for (var step = 0; step < run.Plan.StepsPerUser && !run.IsOver; step++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var random = new Random(StepSeed.Of(run.Plan.Seed, number, step));
            var drawn = random.Next(weights);
            await offered.First(workload => (drawn -= workload.Weight) < 0).RunAsync(this, random, cancellationToken);
        }
    }

    /// <summary>Opens a session; null when the server refuses.</summary>
    public async Task<UserSession?> OpenAsync(CancellationToken cancellationToken)
    {
        var pending = log.Begin(client, run.NextSession());
        var reply = await target.SendAsync(new(client, RequestKind.Post, Session: null, McpMessage.Initialize), cancellationToken);
        var opened = ToolReply.Of(reply);
        log.Add(new SessionOpening(log.End(pending, opened.Outcome, opened.Code)));
        if (opened.Outcome != Outcome.Ok || reply.Session is not { } id)
        {
            return null;
        }

        var session = new UserSession(pending.Session, id);
        _open.Add(session);
        run.Opened(session.Number, client, id);
        await target.SendAsync(new(client, RequestKind.Post, id, McpMessage.Initialized), cancellationToken);
        return session;
    }

    public async Task EndAsync(UserSession session, CancellationToken cancellationToken)
    {
        var (stamp, _) = await SendAsync(session.Number, new(client, RequestKind.EndSession, session.Id), cancellationToken);
        log.Add(new SessionEnding(stamp));
        if (_open.Remove(session))
        {
            _ended.Add(session);
        }
    }

    /// <summary>Ends all open sessions.</summary>
    public async Task EndSessionsAsync(CancellationToken cancellationToken)
    {
        foreach (var session in _open.ToList())
        {
            await EndAsync(session, cancellationToken);
        }
    }

    /// <summary>Draws an open session that is not idle, and opens one if there is none.</summary>
    public async ValueTask<UserSession?> SessionAsync(Random random, CancellationToken cancellationToken)
    {
        var drawn = random.NextDouble();
        var now = run.Time.GetTimestamp();
        var active = _open.Where(session => session.IdleUntil <= now).ToList();
        return active.Count > 0 ? active[(int)(drawn * active.Count)] : await OpenAsync(cancellationToken);
    }

    /// <summary>Calls a tool in a session.</summary>
    public async Task<(Stamp Stamp, ToolReply Reply)> CallAsync(
        UserSession session, string tool, JsonObject arguments, CancellationToken cancellationToken)
    {
        var pending = log.Begin(client, session.Number);
        var message = McpMessage.Call(tool, arguments, Interlocked.Increment(ref _lastRequest));
        var reply = ToolReply.Of(await target.SendAsync(new(client, RequestKind.Post, session.Id, message), cancellationToken));
        return (log.End(pending, reply.Outcome, reply.Code), reply);
    }

    /// <summary>Sends a request whose answer is a status.</summary>
    public async Task<(Stamp Stamp, DrillReply Reply)> SendAsync(int session, DrillRequest request, CancellationToken cancellationToken)
    {
        var pending = log.Begin(client, session);
        var reply = await target.SendAsync(request, cancellationToken);
        var status = ToolReply.OfStatus(reply);
        return (log.End(pending, status.Outcome, status.Code), reply);
    }

    /// <summary>Returns the names of the tools that the server offers to the client.</summary>
    public async Task<IReadOnlyList<string>> ListToolsAsync(UserSession session, CancellationToken cancellationToken)
    {
        var reply = ToolReply.Of(await target.SendAsync(new(client, RequestKind.Post, session.Id, McpMessage.ListTools), cancellationToken));
        return reply.Content?["tools"] is JsonArray tools ? [.. tools.Select(tool => (string?)tool?["name"]).OfType<string>()] : [];
    }
}
