using System.Text.Json.Nodes;
using OrleansMcp.Drill.History;
using OrleansMcp.Drill.Run.Pacing;
using OrleansMcp.Drill.Targets;
using OrleansMcp.Drill.Workloads;
using OrleansMcp.Drill.Workloads.Sessions;

namespace OrleansMcp.Drill.Run;

/// <summary>One line of work of a client: sessions of its own, and workloads done in them one after the other.</summary>
internal sealed class VirtualUser(RunState run, int number, DrillClient client, IDrillTarget target, HistoryLog log)
{
    private const int ListAttempts = 5;

    private static readonly TimeSpan s_afterSilence = TimeSpan.FromMilliseconds(250);

    private readonly List<UserSession> _open = [];
    private readonly List<UserSession> _ended = [];
    private long _lastRequest = 1;

    public RunState Run => run;

    public DrillClient Client => client;

    public HistoryLog Log => log;

    public IReadOnlyList<UserSession> Open => _open;

    public IReadOnlyList<UserSession> Ended => _ended;

    public bool Offers(string tool) => run.Offers(client, tool);

    /// <summary>Whether the client may open a session now, or was told to wait with that.</summary>
    public bool MayOpen => Pace.RestOfOpenings <= TimeSpan.Zero;

    private ClientPace Pace => run.PaceOf(client);

    /// <summary>
    /// Does steps until the run is over: first each workload once, in an order of its own, then drawn by weight. Step n is drawn from the seed,
    /// the user's number, n and what is offered alone: no other reply changes later steps.
    /// </summary>
    public async Task RunAsync(IReadOnlyList<IWorkload> workloads, CancellationToken cancellationToken)
    {
        var first = new Queue<IWorkload>(workloads.Index().OrderBy(one => StepSeed.Of(run.Plan.Seed, number, -1 - one.Index)).Select(one => one.Item));
        for (var step = 0; step < run.Plan.StepsPerUser && !run.IsOver; step++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var random = new Random(StepSeed.Of(run.Plan.Seed, number, step));
            await Draw(workloads, first, random).RunAsync(this, random, cancellationToken);
        }
    }

    private IWorkload Draw(IReadOnlyList<IWorkload> workloads, Queue<IWorkload> first, Random random)
    {
        while (first.TryDequeue(out var next))
        {
            if (next.Tools.All(Offers))
            {
                return next;
            }
        }

        var offered = workloads.Where(workload => workload.Tools.All(Offers)).ToList();
        var drawn = random.Next(offered.Sum(workload => workload.Weight));
        return offered.First(workload => (drawn -= workload.Weight) < 0);
    }

    /// <summary>Opens a session and puts something into it; null when the server refuses.</summary>
    public async Task<UserSession?> OpenAsync(CancellationToken cancellationToken)
    {
        var (session, _) = await TryOpenAsync(cancellationToken);
        if (session is not null)
        {
            await FillAsync(session, cancellationToken);
        }

        return session;
    }

    /// <summary>Opens a session; null when the server refuses, and the answer.</summary>
    public async Task<(UserSession? Session, ToolReply Reply)> TryOpenAsync(CancellationToken cancellationToken)
    {
        await run.PauseAsync(client, Longer(Pace.RestOfCalls, Pace.RestOfOpenings), cancellationToken);
        var pending = log.Begin(client, run.NextSession());
        var reply = await ExchangeAsync(new(client, RequestKind.Post, Session: null, McpMessage.Initialize), cancellationToken);
        var opened = ToolReply.Of(reply);
        log.Add(new SessionOpening(End(pending, opened)));
        if (opened.Outcome != Outcome.Ok || reply.Session is not { } id)
        {
            return (null, opened);
        }

        var session = new UserSession(pending.Session, id);
        _open.Add(session);
        run.Opened(session.Number, client, id);
        await ExchangeAsync(new(client, RequestKind.Post, id, McpMessage.Initialized), cancellationToken);
        return (session, opened);
    }

    /// <summary>Puts something into a session: where a client opens more sessions than it may have, a server may drop one that holds nothing.</summary>
    public async Task FillAsync(UserSession session, CancellationToken cancellationToken)
    {
        if (Offers(CounterWorkload.Tool))
        {
            await CounterWorkload.IncrementAsync(this, session, by: 1, cancellationToken);
        }
        else
        {
            await SecretWorkload.PutAsync(this, session, "held", run.NextToken(client, session.Number), cancellationToken);
        }
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

    /// <summary>Draws an open session that is not idle, and opens one if there is none; while it may not, an idle one must do.</summary>
    public async ValueTask<UserSession?> SessionAsync(Random random, CancellationToken cancellationToken)
    {
        var drawn = random.NextDouble();
        var now = run.Time.GetTimestamp();
        var active = _open.Where(session => session.IdleUntil <= now).ToList();
        return active.Count > 0 ? active[(int)(drawn * active.Count)]
            : !MayOpen && _open.MinBy(session => session.IdleUntil) is { } idle ? idle
            : await OpenAsync(cancellationToken);
    }

    /// <summary>Calls a tool in a session.</summary>
    /// <param name="session">The session.</param>
    /// <param name="tool">The tool.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="onPeer">Whether the call is about a namespace of another client.</param>
    /// <param name="cancellationToken">Gives up the call.</param>
    public Task<(Stamp Stamp, ToolReply Reply)> CallAsync(
        UserSession session, string tool, JsonObject arguments, bool onPeer, CancellationToken cancellationToken) =>
        CallAsync(session, tool, id => McpMessage.Call(tool, arguments, id), onPeer, cancellationToken);

    public Task<(Stamp Stamp, ToolReply Reply)> CallAsync(
        UserSession session, string tool, JsonObject arguments, CancellationToken cancellationToken) =>
        CallAsync(session, tool, arguments, onPeer: false, cancellationToken);

    /// <summary>Calls a tool in a session, and asks for progress.</summary>
    public Task<(Stamp Stamp, ToolReply Reply)> CallForProgressAsync(
        UserSession session, string tool, JsonObject arguments, CancellationToken cancellationToken) =>
        CallAsync(session, tool, id => McpMessage.Call(tool, arguments, id, asksProgress: true), onPeer: false, cancellationToken);

    private async Task<(Stamp Stamp, ToolReply Reply)> CallAsync(
        UserSession session, string tool, Func<long, string> messageOf, bool onPeer, CancellationToken cancellationToken)
    {
        await Pace.Calls.EnterAsync();
        try
        {
            await run.PauseAsync(client, Pace.RestOfCalls, cancellationToken);
            var pending = log.Begin(client, session.Number);
            var message = messageOf(Interlocked.Increment(ref _lastRequest));
            var reply = ToolReply.Of(await ExchangeAsync(new(client, RequestKind.Post, session.Id, message), cancellationToken));
            var stamp = End(pending, reply);
            if (stamp is { Hindrance: { Kind: HindranceKind.Permission, Name: var permission } })
            {
                run.Denials.Add(client, tool, onPeer, permission);
            }

            Miss(session, stamp);
            return (stamp, reply);
        }
        finally
        {
            Pace.Calls.Leave();
        }
    }

    /// <summary>Sends a request whose answer is a status.</summary>
    public async Task<(Stamp Stamp, DrillReply Reply)> SendAsync(int session, DrillRequest request, CancellationToken cancellationToken)
    {
        if (request.Kind != RequestKind.EndSession)
        {
            await run.PauseAsync(client, Pace.RestOfCalls, cancellationToken);
        }

        var pending = log.Begin(client, session);
        var reply = await ExchangeAsync(request, cancellationToken);
        return (End(pending, ToolReply.OfStatus(reply)), reply);
    }

    /// <summary>Returns the names of the tools that the server offers to the client.</summary>
    public async Task<IReadOnlyList<string>> ListToolsAsync(UserSession session, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            await run.PauseAsync(client, Pace.RestOfCalls, cancellationToken);
            var reply = ToolReply.Of(await ExchangeAsync(new(client, RequestKind.Post, session.Id, McpMessage.ListTools), cancellationToken));
            Note(reply);
            if (reply.Content?["tools"] is JsonArray tools)
            {
                return [.. tools.Select(tool => (string?)tool?["name"]).OfType<string>()];
            }

            if (attempt == ListAttempts || reply.Hindrance is not { Kind: HindranceKind.Quota or HindranceKind.Failure or HindranceKind.Silence })
            {
                return [];
            }
        }
    }

    private static TimeSpan Longer(TimeSpan one, TimeSpan other) => one > other ? one : other;

    private async Task<DrillReply> ExchangeAsync(DrillRequest request, CancellationToken cancellationToken)
    {
        var reply = await target.SendAsync(request, cancellationToken);
        run.Answers.Note(reply.Status != 0);
        if (reply.Status == 0 && !run.IsOver)
        {
            await Task.Delay(s_afterSilence, run.Time, cancellationToken); // A server that is gone refuses thousands of connections a second.
        }

        return reply;
    }

    private Stamp End(PendingOperation pending, ToolReply reply)
    {
        Note(reply);
        return log.End(pending, reply.Outcome, reply.Code, reply.Hindrance);
    }

    private void Note(ToolReply reply)
    {
        if (reply.Hindrance is { } hindrance)
        {
            Pace.Note(hindrance, reply.RetryAfter);
        }
    }

    /// <summary>A session that is gone is not used again, but as one that is ended.</summary>
    private void Miss(UserSession session, Stamp stamp)
    {
        if (stamp is { Outcome: Outcome.Refused, Code: Stamp.NoSession })
        {
            lock (_open)
            {
                if (_open.Remove(session))
                {
                    _ended.Add(session);
                }
            }
        }
    }
}
