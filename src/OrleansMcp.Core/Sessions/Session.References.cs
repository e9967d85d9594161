using OrleansMcp.Configuration;
using OrleansMcp.Secrets.References;
using OrleansMcp.Sessions.Calls;

namespace OrleansMcp.Sessions;

/// <summary>
/// Secrets of the operator's, which the configuration names for this session's client: read into the session's own vault before its first
/// tool call, and now and then again, so that one that was rotated arrives. Like the client's own they are zeroed when the actor goes;
/// unlike them they can be read again, so they do not keep an idle session in memory.
/// </summary>
public sealed partial class Session
{
    private static readonly TimeSpan s_referencesFresh = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan s_referencesRetry = TimeSpan.FromSeconds(10);

    private Task _references = Task.CompletedTask;
    private IReadOnlyDictionary<string, SecretReference>? _referencesRead; // of which configuration
    private long _referencesDue; // UTC ticks

    private IReadOnlyDictionary<string, SecretReference> References =>
        _record is { Owner: var owner } && _host.Configuration.FindClient(owner.Tenant, owner.Client) is { } client
            ? client.Secrets
            : ClientConfiguration.NoSecrets;

    /// <summary>Whether a name is the operator's: its secret is neither set nor removed by the client or by tools.</summary>
    private bool IsReserved(string name) => References.ContainsKey(name);

    private ValueTask ReadReferencesAsync(RunningCall call)
    {
        var references = References;
        if (references.Count == 0 && _referencesRead is not { Count: > 0 })
        {
            return default;
        }

        lock (_gate)
        {
            var isDue = _host.Time.GetUtcNow().UtcTicks >= _referencesDue;
            if (_references.IsCompleted && (isDue || !ReferenceEquals(references, _referencesRead)))
            {
                var former = _referencesRead;
                (_referencesRead, _referencesDue) = (references, long.MaxValue);
                _references = Task.Run(() => ReadReferencesAsync(references, former));
            }

            return _references.IsCompleted ? default : new(_references.WaitAsync(call.Token));
        }
    }

    private async Task ReadReferencesAsync(
        IReadOnlyDictionary<string, SecretReference> references, IReadOnlyDictionary<string, SecretReference>? former)
    {
        var isComplete = false;
        try
        {
            foreach (var name in former?.Keys.Where(name => !references.ContainsKey(name)) ?? [])
            {
                Find()?.Remove(name);
            }

            var unread = 0;
            foreach (var (name, reference) in references)
            {
                unread += await TryReadAsync(name, reference) ? 0 : 1;
            }

            isComplete = unread == 0;
        }
        finally
        {
            // Whatever a source did: it is asked again.
            var next = _host.Time.GetUtcNow() + (isComplete ? s_referencesFresh : s_referencesRetry);
            Volatile.Write(ref _referencesDue, next.UtcTicks);
        }
    }

    /// <summary>One that cannot be read now stays what it was: missing, or the one that was read before.</summary>
    private async Task<bool> TryReadAsync(string name, SecretReference reference)
    {
        try
        {
            var secret = await _host.SecretSource(reference.Source).ReadAsync(reference.Location, SecretLimits.Bytes, CancellationToken.None);
            OpenSecrets().Vault.PutReferenced(name, secret);
            return true;
        }
        catch (SecretSourceException e)
        {
            var owner = _record!.Owner;
            Log.SecretUnread(Logger, e, name, reference.Source, owner.Tenant, owner.Client);
            return false;
        }
    }
}
