using OrleansMcp.Cutoffs;
using OrleansMcp.Records.Log;
using OrleansMcp.Sessions;
using OrleansMcp.Signals;

namespace OrleansMcp.Tenants;

/// <summary>
/// Ends and refuses everything of a subject, a client or the tenant. The mark is durable before anybody is told of it; an engine then sends it
/// to all processes, and whoever opens or wakes a session asks for it.
/// </summary>
public sealed partial class Tenant
{
    private readonly CutoffLog _cutoffs;
    private readonly Lock _openings = new(); // guards _latestOpening
    private DateTimeOffset _latestOpening; // of a session that was registered, by the clock of its process

    /// <summary>Reads the marks. Must complete before the actor is asked for anything.</summary>
    /// <exception cref="IOException">They cannot be read at the moment, or are damaged.</exception>
    /// <exception cref="InvalidDataException">They are damaged, and the store has no way back.</exception>
    public Task LoadCutoffsAsync(CancellationToken cancellationToken) => _cutoffs.LoadAsync(cancellationToken);

    /// <summary>The marks.</summary>
    public CutoffSet Cutoffs => _cutoffs.Current;

    /// <inheritdoc/>
    public ValueTask<CutoffSet?> ReadCutoffsAsync(long known, CancellationToken cancellationToken) =>
        new(Cutoffs.Version == known ? null : Cutoffs);

    /// <inheritdoc/>
    /// <remarks>Sends the mark to nobody: the engine does.</remarks>
    public async ValueTask<CutoffReceipt> CutOffAsync(CutoffChange change, CancellationToken cancellationToken)
    {
        try
        {
            var mark = await _cutoffs.WriteAsync(change.Scope, former => Of(change, former));
            if (mark is not null)
            {
                Report(mark, change);
            }

            if (change is { Ends: true, Scope.Subject: null })
            {
                _ledgers.CheckNow(change.Scope.Client); // Passivated sessions give their places back with the next expiry check.
            }

            return new CutoffReceipt(mark, Ended: 0, Unreached: 0);
        }
        catch (RecordLogLostException)
        {
            IsFenced = true; // The next activation reads whether the mark is there.
            throw;
        }
    }

    private Cutoff? Of(CutoffChange change, Cutoff? former)
    {
        var now = _time.GetUtcNow();
        lock (_openings)
        {
            // Clocks of processes differ: what was opened before this moment may have a later time than this process.
            return change.Ends
                ? new Cutoff(change.Scope, now > _latestOpening ? now : _latestOpening, change.IsRefused || StillRefuses(former), change.Operator, now)
                : change.IsRefused ? new Cutoff(change.Scope, former?.Before ?? DateTimeOffset.MinValue, IsRefused: true, change.Operator, now)
                : former is null ? null
                : former with { IsRefused = false, Operator = change.Operator, At = now };
        }
    }

    /// <summary>To end all sessions once more lifts no refusal, and renews none that the configuration has lifted.</summary>
    private bool StillRefuses(Cutoff? former) => former?.Refuses(_configuration.Current.ReadmittedAt(_id, former.Scope.Client)) == true;

    private SessionRefusal? RefuseCutOff(SessionOwner owner, DateTimeOffset openedAt)
    {
        lock (_openings)
        {
            _latestOpening = openedAt > _latestOpening ? openedAt : _latestOpening;
        }

        var marks = Cutoffs;
        return marks.Refuses(owner, _configuration.Current) ? CutoffRefusal.Of(owner)
            : marks.Ends(owner, openedAt) ? CutoffRefusal.JustNow
            : null;
    }

    private void Report(Cutoff mark, CutoffChange change)
    {
        var whose = (mark.Scope.Client, mark.Scope.Subject) switch
        {
            (null, null) => $"of tenant {_id}",
            (null, { } subject) => $"of subject {subject} of tenant {_id}",
            ({ } client, null) => $"of client {client} of tenant {_id}",
            ({ } client, { } subject) => $"of subject {subject} with client {client} of tenant {_id}",
        };
        var what = (change.Ends, change.IsRefused) switch
        {
            (true, true) => $"ended and refuses all sessions {whose}",
            (true, false) => $"ended all sessions {whose}",
            (false, true) => $"refuses new sessions {whose}",
            _ => $"refuses sessions {whose} no longer",
        };
        _signals.Raise(new Signal(SignalName.OperatorAction, Who: null, What: $"operator {change.Operator} {what}"));
    }
}
