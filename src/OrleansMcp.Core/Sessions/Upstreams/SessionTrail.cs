using OrleansMcp.Authorization.Policies.Arguments;
using OrleansMcp.Configuration;
using OrleansMcp.Configuration.Upstreams;
using OrleansMcp.Sessions.State;

namespace OrleansMcp.Sessions.Upstreams;

/// <summary>
/// The servers that a session has asked for something: what they said may be in the client's context from then on. Durable, so that a move or a restart
/// does not make a session forget where it has been.
/// </summary>
internal sealed class SessionTrail(CurrentRecord record, StateWriter writer, IConfigurationSource configuration) : ISessionTrail
{
    private readonly Lock _gate = new(); // guards _noting
    private Dictionary<string, Task>? _noting; // what is not durable yet

    /// <summary>The servers, in the order of their first requests.</summary>
    public IReadOnlyList<string> Servers
    {
        get
        {
            var stored = record.OrNull?.Servers ?? [];
            lock (_gate)
            {
                return _noting is not { Count: > 0 } ? stored : [.. stored.Union(_noting.Keys, StringComparer.Ordinal)];
            }
        }
    }

    /// <summary>Those of them that the configuration calls untrusted, or does not know any more.</summary>
    public IReadOnlyList<string> Untrusted =>
        [.. Servers.Where(server => configuration.Current.Servers.GetValueOrDefault(server) is not { Trust: UpstreamTrust.Trusted })];

    /// <summary>
    /// Notes that a request goes to a server. Conditions see it at once; it is durable when the task completes, before which no result may be passed on.
    /// </summary>
    public Task NoteAsync(string server)
    {
        if (record.OrNull?.Servers?.Contains(server, StringComparer.Ordinal) == true)
        {
            return Task.CompletedTask;
        }

        lock (_gate)
        {
            if ((_noting ??= new(StringComparer.Ordinal)).TryGetValue(server, out var noting) && !noting.IsFaulted)
            {
                return noting;
            }

            return _noting[server] = WriteAsync(server);
        }
    }

    private async Task WriteAsync(string server)
    {
        await Task.Yield(); // Out of the lock.
        await writer.CommitAsync(
            former => former.Servers?.Contains(server, StringComparer.Ordinal) == true ? former : former with { Servers = [.. former.Servers ?? [], server] }, CancellationToken.None);
        lock (_gate)
        {
            _noting!.Remove(server);
        }
    }
}
