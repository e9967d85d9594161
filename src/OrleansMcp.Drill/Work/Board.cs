using System.Collections.Concurrent;
using System.Collections.Immutable;
using OrleansMcp.Drill.History;

namespace OrleansMcp.Drill.Work;

/// <summary>What all lanes know of the run: whose sessions there are, so that they can be attacked, and how things are named.</summary>
internal sealed class Board(DrillPlan plan, TimeProvider time)
{
    // One at what never was, for the measure, and one at the victim: a server counts both.
    private const int Requests = 2;

    private readonly ConcurrentDictionary<Party, ImmutableHashSet<string>> _tools = new();
    private readonly ConcurrentDictionary<Party, int> _attacks = new();
    private readonly ConcurrentDictionary<int, (Party Owner, string Id)> _sessions = new();
    private readonly long _started = time.GetTimestamp();
    private int _numbers;
    private long _tokens;

    public DrillPlan Plan => plan;

    public TimeProvider Time => time;

    /// <summary>In every value and argument of this run, and nowhere else: runs can follow each other on one server.</summary>
    public string Marker { get; } = $"drill-{Guid.NewGuid().ToString("N")[..10]}";

    /// <summary>The namespace that every client shares with others now and then.</summary>
    public string Orders => $"{Marker}-orders";

    /// <summary>The namespace that no client ever shares.</summary>
    public string Vault => $"{Marker}-vault";

    /// <summary>A namespace that nobody ever made, as long as <see cref="Vault"/>.</summary>
    public string Never => $"{Marker}-never";

    public bool IsOver => time.GetElapsedTime(_started) >= plan.Duration;

    public int NextSession() => Interlocked.Increment(ref _numbers);

    public void Opened(int number, Party owner, string id) => _sessions[number] = (owner, id);

    /// <summary>A text that was never written before and says who wrote it.</summary>
    public string NextToken(Party who, int session) => $"{Marker}:{who}:{session}:{Interlocked.Increment(ref _tokens)}";

    /// <summary>Somebody else's session, open or ended; null when there is none yet.</summary>
    public (Party Owner, string Id, int Number)? Victim(Party attacker, Random random)
    {
        var others = _sessions.Where(one => one.Value.Owner != attacker).OrderBy(one => one.Key).ToList();
        var drawn = random.NextDouble();
        return others.Count == 0 ? null
            : others[(int)(drawn * others.Count)] is var (number, (owner, id)) ? (owner, id, number)
            : null;
    }

    /// <summary>Other clients of the tenant.</summary>
    public IReadOnlyList<Party> Peers(Party who) => [.. plan.Parties.Where(party => party.Tenant == who.Tenant && party != who)];

    /// <summary>Counts an attack, unless the client has tried as many as it may by now.</summary>
    public bool MayAttack(Party attacker)
    {
        if (plan.AttacksPerMinute == int.MaxValue)
        {
            return true;
        }

        var allowed = plan.AttacksPerMinute * Math.Ceiling(Math.Max(time.GetElapsedTime(_started).TotalMinutes, 0.01));
        return _attacks.AddOrUpdate(attacker, Requests, (_, count) => count + Requests) <= allowed;
    }

    public void Offered(Party who, IEnumerable<string> tools) => _tools[who] = [.. tools];

    public bool Offers(Party who, string tool) => _tools.TryGetValue(who, out var tools) && tools.Contains(tool);

    public bool OffersAnybody(string tool) => _tools.Values.Any(tools => tools.Contains(tool));
}
