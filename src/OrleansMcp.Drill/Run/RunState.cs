using System.Collections.Concurrent;
using System.Collections.Immutable;
using OrleansMcp.Drill.History;

namespace OrleansMcp.Drill.Run;

/// <summary>
/// What all virtual users of a run share: the sessions that were opened, from which attacks draw their victims, the tools that the server
/// offers, the namespaces, and the counts of attacks.
/// </summary>
internal sealed class RunState(DrillPlan plan, TimeProvider time)
{
    // An attack is two requests, one for the baseline and one at the victim, and a server counts both.
    private const int RequestsPerAttack = 2;

    private readonly ConcurrentDictionary<DrillClient, ImmutableHashSet<string>> _tools = new();
    private readonly ConcurrentDictionary<DrillClient, int> _attackRequests = new();
    private readonly ConcurrentDictionary<int, (DrillClient Owner, string Id)> _sessions = new();
    private readonly long _started = time.GetTimestamp();
    private int _lastSession;
    private long _lastToken;

    public DrillPlan Plan => plan;

    public TimeProvider Time => time;

    /// <summary>Is in every value and argument of this run and of no other, so that runs can follow each other on one server.</summary>
    public string Marker { get; } = $"drill-{Guid.NewGuid().ToString("N")[..10]}";

    /// <summary>The namespace that every client shares with others now and then.</summary>
    public string SharedNamespace => $"{Marker}-orders";

    /// <summary>The namespace that no client ever shares.</summary>
    public string PrivateNamespace => $"{Marker}-vault";

    /// <summary>A namespace that no client ever makes. Its name is as long as <see cref="PrivateNamespace"/>, so that answers can be compared.</summary>
    public string UnknownNamespace => $"{Marker}-never";

    public bool IsOver => time.GetElapsedTime(_started) >= plan.Duration;

    public int NextSession() => Interlocked.Increment(ref _lastSession);

    public void Opened(int number, DrillClient owner, string id) => _sessions[number] = (owner, id);

    /// <summary>Returns a text that is written once in the run, and that names its author.</summary>
    public string NextToken(DrillClient client, int session) => $"{Marker}:{client}:{session}:{Interlocked.Increment(ref _lastToken)}";

    /// <summary>Draws a session of another client, open or ended; null when there is none yet.</summary>
    public (DrillClient Owner, string Id, int Number)? DrawVictim(DrillClient attacker, Random random)
    {
        var others = _sessions.Where(session => session.Value.Owner != attacker).OrderBy(session => session.Key).ToList();
        var drawn = random.NextDouble();
        return others.Count == 0 ? null
            : others[(int)(drawn * others.Count)] is var (number, (owner, id)) ? (owner, id, number)
            : null;
    }

    /// <summary>The other clients of the tenant.</summary>
    public IReadOnlyList<DrillClient> PeersOf(DrillClient client) => [.. plan.Clients.Where(peer => peer.Tenant == client.Tenant && peer != client)];

    /// <summary>Counts an attack, and returns whether <see cref="DrillPlan.AttacksPerMinute"/> permits it by now.</summary>
    public bool TryCountAttack(DrillClient attacker)
    {
        if (plan.AttacksPerMinute == int.MaxValue)
        {
            return true;
        }

        var allowed = plan.AttacksPerMinute * Math.Ceiling(Math.Max(time.GetElapsedTime(_started).TotalMinutes, 0.01));
        return _attackRequests.AddOrUpdate(attacker, RequestsPerAttack, (_, count) => count + RequestsPerAttack) <= allowed;
    }

    public void SetOffered(DrillClient client, IEnumerable<string> tools) => _tools[client] = [.. tools];

    public bool Offers(DrillClient client, string tool) => _tools.TryGetValue(client, out var tools) && tools.Contains(tool);

    public bool OffersToAny(string tool) => _tools.Values.Any(tools => tools.Contains(tool));
}
