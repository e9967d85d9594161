using OrleansMcp.Permissions;
using OrleansMcp.Sessions.Calls;
using OrleansMcp.State;
using OrleansMcp.Tools;

namespace OrleansMcp.Sessions;

/// <summary>Permissions that are taken away while the session is open, by its registration or by an operator.</summary>
public sealed partial class Session
{
    private PermissionSet? _told; // by which the client was last answered or told

    /// <summary>
    /// Looks at the session again after its permissions may have changed: stops what is not permitted any more, and tells the client that its
    /// lists changed.
    /// </summary>
    internal void Reconsider()
    {
        PermissionSet former, now;
        lock (_gate)
        {
            if (_phase != Phase.Live || _told is null)
            {
                return; // Nothing was judged or shown yet.
            }

            former = _told;
            _told = now = Regrant().Effective;
        }

        RevokeCalls();
        TellLists(former, now);
        TellPolicy();
    }

    /// <summary>Takes away what is not among <paramref name="remaining"/>, durably before it returns. Adds nothing.</summary>
    private async Task ShrinkAsync(PermissionSet remaining, CancellationToken cancellationToken)
    {
        await CommitAsync(
            record =>
            {
                var shrunk = PermissionSet.OfRecord(record.Permissions).Intersect(remaining);
                return shrunk.Entries.SequenceEqual(record.Permissions, StringComparer.Ordinal) ? record : Without(record, shrunk);
            },
            cancellationToken);
        Reconsider();
    }

    private static SessionRecord Without(SessionRecord record, PermissionSet shrunk) => record with
    {
        Permissions = shrunk.Entries,
        Subscriptions = [.. record.Subscriptions.Where(uri => shrunk.Allows(PermissionKind.Resource, uri))],
    };

    /// <summary>
    /// Calls that run or wait and are not permitted any more: each is answered at once, then cancelled. A handler that does not heed its
    /// cancellation runs on for nobody.
    /// </summary>
    private void RevokeCalls()
    {
        RunningCall[] running, waiting;
        lock (_gate)
        {
            running = [.. _calls?.Values.Where(call => !IsPermitted(call)) ?? []];
            var waits = _waitingInputs?.Where(pair => !IsPermitted(pair.Value)).ToList() ?? [];
            waiting = [.. waits.Select(pair => pair.Value)];
            waits.ForEach(pair => _waitingInputs!.Remove(pair.Key));
        }

        foreach (var call in running)
        {
            var need = NeedOf(call);
            RaiseDenied(call.Caller, need.Kind, need.Name);
            Complete(call, Denial(call));
            call.Revoke();
        }

        foreach (var call in waiting)
        {
            call.Revoke(); // Answered with its question already; the retry is refused.
        }
    }

    private bool IsPermitted(RunningCall call) =>
        (call.Need is not { } need || Permits(call.Caller, need.Kind, need.Name))
        && (call.Watched is not { } uris || uris.All(uri => Permits(call.Caller, PermissionKind.Resource, uri)));

    private void TellLists(PermissionSet former, PermissionSet now)
    {
        // Who has no stream hears nothing, and gets the new lists when it asks.
        if (ReferenceEquals(former, now) || (IsResumable && _streams is null))
        {
            return;
        }

        TellList(CatalogueList.Tools, PermissionKind.Tool);
        TellList(CatalogueList.Prompts, PermissionKind.Prompt);
        TellList(CatalogueList.Resources, PermissionKind.Resource);

        void TellList(CatalogueList list, PermissionKind kind)
        {
            if (!now.IsSame(kind, former))
            {
                ListChanged(list);
            }
        }
    }
}
