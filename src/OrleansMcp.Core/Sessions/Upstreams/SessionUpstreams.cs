using OrleansMcp.Authorization;
using OrleansMcp.Configuration;
using OrleansMcp.Configuration.Upstreams;
using OrleansMcp.Sessions.Handlers;
using OrleansMcp.Tools;
using OrleansMcp.Upstreams;

namespace OrleansMcp.Sessions.Upstreams;

/// <summary>
/// The other servers of one session. Each has a place from its first use on, which is closed when its configuration changes, and with the session.
/// </summary>
internal sealed class SessionUpstreams(UpstreamServices services, SessionAuthorization authorization, IConfigurationSource configuration)
{
    private readonly Lock _gate = new(); // guards the fields below
    private Dictionary<string, SessionServer>? _servers;
    private ServerConfiguration? _listed; // by which the client was last shown lists, or told that they changed
    private bool _isClosed;

    /// <summary>What the servers meet of the session. Set once, before the first request.</summary>
    public HandlerEnvironment? Environment { get; set; }

    public TimeProvider Time => services.Time;

    /// <summary>Whether any is configured.</summary>
    public bool HasAny => configuration.Current.Servers.Count > 0;

    /// <summary>The servers that were used.</summary>
    public IReadOnlyList<SessionServer> Opened
    {
        get
        {
            lock (_gate)
            {
                return [.. _servers?.Values.AsEnumerable() ?? []];
            }
        }
    }

    /// <summary>The server of this name; null when none is configured.</summary>
    public SessionServer? Find(string name)
    {
        if (!HasAny)
        {
            return null;
        }

        SessionServer? replaced;
        SessionServer? found;
        lock (_gate)
        {
            // Read here: what is configured afterwards finds in Reconsider what is opened here.
            if (configuration.Current.Servers.GetValueOrDefault(name) is not { } configured)
            {
                return null;
            }

            _servers ??= new(StringComparer.Ordinal);
            if (_servers.TryGetValue(name, out replaced) && replaced.Configuration.Equals(configured))
            {
                return replaced;
            }

            if (_isClosed)
            {
                return null;
            }

            _servers[name] = found = services.Open(configured, Environment!);
        }

        if (replaced is not null)
        {
            _ = CloseLaterAsync(replaced);
        }

        return found;
    }

    /// <summary>
    /// Called when the configuration was replaced: closes servers that it has no more or otherwise. True when the client was shown lists of others than it has.
    /// </summary>
    public bool Reconsider()
    {
        var now = configuration.Current;
        SessionServer[] gone;
        bool isOther;
        lock (_gate)
        {
            gone = [.. _servers?.Values.Where(one => !one.Configuration.Equals(now.Servers.GetValueOrDefault(one.Configuration.Name))) ?? []];
            Array.ForEach(gone, one => _servers!.Remove(one.Configuration.Name));
            isOther = _listed is { } listed && !IsSame(listed.Servers, now.Servers);
            _listed = _listed is null ? null : now;
        }

        Array.ForEach(gone, one => _ = CloseLaterAsync(one));
        return isOther;
    }

    /// <summary>The server whose tool or prompt has this name; null when none is configured.</summary>
    public SessionServer? ServerOf(string name) => UpstreamNames.ServerOf(name) is { } server ? Find(server) : null;

    /// <summary>The tool of a server, if the server has listed it a moment ago.</summary>
    public ToolEntry? FindRecentTool(string name) => ServerOf(name)?.RecentTools?.Find(name);

    /// <summary>The servers of which the session may use something.</summary>
    public IEnumerable<SessionServer> Reached(Caller caller, PermissionKind kind)
    {
        var configured = configuration.Current;
        lock (_gate)
        {
            _listed = configured;
        }

        foreach (var name in configured.Servers.Keys)
        {
            var beginning = kind == PermissionKind.Resource ? UpstreamUris.PrefixOf(name) : UpstreamNames.PrefixOf(name);
            if (authorization.Reaches(caller, kind, beginning) && Find(name) is { } server)
            {
                yield return server;
            }
        }
    }

    /// <summary>Closes all connections. Returns how many sessions of servers have ended, as these confirmed or as they keep none.</summary>
    public async Task<int> CloseAsync()
    {
        SessionServer[] servers;
        lock (_gate)
        {
            _isClosed = true;
            servers = [.. _servers?.Values.AsEnumerable() ?? []];
            _servers = null;
        }

        if (servers.Length == 0)
        {
            return 0;
        }

        using var limit = new CancellationTokenSource(UpstreamServices.CloseTimeout, services.Time);
        var ended = await Task.WhenAll(servers.Select(server => server.Slot.CloseAsync(limit.Token)));
        return ended.Count(static one => one == true);
    }

    private static bool IsSame(IReadOnlyDictionary<string, UpstreamConfiguration> one, IReadOnlyDictionary<string, UpstreamConfiguration> other) =>
        ReferenceEquals(one, other) || one.Count == other.Count && one.All(pair => pair.Value.Equals(other.GetValueOrDefault(pair.Key)));

    private async Task CloseLaterAsync(SessionServer server)
    {
        using var limit = new CancellationTokenSource(UpstreamServices.CloseTimeout, services.Time);
        await server.Slot.CloseAsync(limit.Token);
    }
}
