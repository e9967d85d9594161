using System.Collections.Concurrent;
using System.Collections.Immutable;
using OrleansMcp.Drill.History;
using OrleansMcp.Drill.Run.Pacing;

namespace OrleansMcp.Drill.Run;

/// <summary>
/// What all virtual users of a run share: the sessions that were opened, from which attacks draw their victims, the tools that the server
/// offers, the namespaces, and what the server has refused.
/// </summary>
internal sealed class RunState
{
    private readonly ConcurrentDictionary<DrillClient, ImmutableHashSet<string>> _tools = new();
    private readonly ConcurrentDictionary<int, (DrillClient Owner, string Id)> _sessions = new();
    private readonly ImmutableDictionary<DrillClient, ClientPace> _paces;
    private readonly ImmutableDictionary<DrillClient, ClientAttempts> _attempts;
    private readonly ConcurrentDictionary<DrillClient, TimeSpan> _waited = new();
    private readonly ConcurrentDictionary<DrillClient, bool> _treasures = new();
    private int _lastSession;
    private long _lastToken;

    public RunState(DrillPlan plan, TimeProvider time)
    {
        (Plan, Time) = (plan, time);
        _paces = plan.Clients.ToImmutableDictionary(client => client, _ => new ClientPace(time));
        _attempts = plan.Clients.ToImmutableDictionary(client => client, _ => new ClientAttempts(plan, time));
        (Answers, Phase) = (new(plan.Clients.Count * DrillPlan.UsersPerClient, time), new(RunPhase.Patience, time));
    }

    public DrillPlan Plan { get; }

    public TimeProvider Time { get; }

    public Answers Answers { get; }

    public Denials Denials { get; } = new();

    public KnownGrants Grants { get; } = new();

    /// <summary>The part of the run that is under way: preparation, work, or the reading of what is left.</summary>
    public RunPhase Phase { get; set; }

    /// <summary>Is in every value and argument of this run and of no other, so that runs can follow each other on one server.</summary>
    public string Marker { get; } = $"drill-{Guid.NewGuid().ToString("N")[..10]}";

    /// <summary>The namespace that every client shares with others now and then.</summary>
    public string SharedNamespace => $"{Marker}-orders";

    /// <summary>The namespace that no client ever shares.</summary>
    public string PrivateNamespace => $"{Marker}-vault";

    /// <summary>A namespace that no client ever makes. Its name is as long as <see cref="PrivateNamespace"/>, so that answers can be compared.</summary>
    public string UnknownNamespace => $"{Marker}-never";

    public bool IsOver => Phase.Rest <= TimeSpan.Zero || Answers.IsGone;

    /// <summary>How long each client waited until the server let it go on, all its virtual users together.</summary>
    public IReadOnlyDictionary<DrillClient, TimeSpan> Waited => _waited;

    public ClientPace PaceOf(DrillClient client) => _paces[client];

    public int NextSession() => Interlocked.Increment(ref _lastSession);

    public void Opened(int number, DrillClient owner, string id) => _sessions[number] = (owner, id);

    /// <summary>Returns a text that is written once in the run, and that names its author.</summary>
    public string NextToken(DrillClient client, int session) => $"{Marker}:{client}:{session}:{Interlocked.Increment(ref _lastToken)}";

    /// <summary>Draws a session of another client, open or ended, of the same tenant as often as of another; null when there is none yet.</summary>
    public (DrillClient Owner, string Id, int Number)? DrawVictim(DrillClient attacker, Random random)
    {
        var (isPeers, drawn) = (random.NextDouble() < 0.5, random.NextDouble());
        var others = _sessions.Where(session => session.Value.Owner != attacker).OrderBy(session => session.Key)
            .ToLookup(session => session.Value.Owner.Tenant == attacker.Tenant);
        var victims = (others.Contains(isPeers) ? others[isPeers] : others[!isPeers]).ToList();
        return victims.Count == 0 ? null
            : victims[(int)(drawn * victims.Count)] is var (number, (owner, id)) ? (owner, id, number)
            : null;
    }

    /// <summary>Counts an attack, and returns whether the client may try it now.</summary>
    public bool TryAttack(DrillClient attacker) => PaceOf(attacker).RestOfAttacks <= TimeSpan.Zero && _attempts[attacker].TryAttack();

    /// <summary>
    /// Returns whether the client may work in a namespace now: in its own, in one that is shared with it, and, as an attempt that is counted, in
    /// one that is not.
    /// </summary>
    public bool TryWork(DrillClient client, RecordSpace space, Access access, IEnumerable<string> tools) => space.Owner == client
        || (!Denials.HasOnPeers(client, tools)
            && (Grants.Allow(space, client, access) || (PaceOf(client).RestOfAttacks <= TimeSpan.Zero && _attempts[client].TryWork())));

    /// <summary>The client has put the record that attacks are after.</summary>
    public void HasTreasure(DrillClient owner) => _treasures[owner] = true;

    /// <summary>The other clients of the tenant that have the record that attacks are after.</summary>
    public IReadOnlyList<DrillClient> VictimsOf(DrillClient attacker) => [.. PeersOf(attacker).Where(_treasures.ContainsKey)];

    /// <summary>The other clients of the tenant.</summary>
    public IReadOnlyList<DrillClient> PeersOf(DrillClient client) => [.. Plan.Clients.Where(peer => peer.Tenant == client.Tenant && peer != client)];

    public void SetOffered(DrillClient client, IEnumerable<string> tools) => _tools[client] = [.. tools];

    /// <summary>Whether the server lists the tool for the client, and has not refused it for want of a permission.</summary>
    public bool Offers(DrillClient client, string tool) =>
        _tools.TryGetValue(client, out var tools) && tools.Contains(tool) && !Denials.Has(client, tool);

    /// <summary>Whether the server lists the tool for any client.</summary>
    public bool OffersToAny(string tool) => _tools.Values.Any(tools => tools.Contains(tool));

    /// <summary>Waits as long as the server told the client to, but no longer than the phase lasts.</summary>
    public async ValueTask PauseAsync(DrillClient client, TimeSpan rest, CancellationToken cancellationToken)
    {
        var wait = rest < Phase.Rest ? rest : Phase.Rest;
        if (wait > TimeSpan.Zero)
        {
            _waited.AddOrUpdate(client, wait, (_, before) => before + wait);
            await Task.Delay(wait, Time, cancellationToken);
        }
    }
}
