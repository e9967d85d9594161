using OrleansMcp.Upstreams;

namespace OrleansMcp.Sessions.Upstreams;

/// <summary>
/// The resources of one server that a session watches, as the server names them: those that the record has subscribed to, and those of open
/// <c>subscriptions/listen</c>. Each connection is told of them when it is opened.
/// </summary>
internal sealed class WatchedResources
{
    private readonly string _server;
    private readonly CurrentRecord _record;
    private readonly SemaphoreSlim _turn = new(1, 1); // one change at a time; guards _listened
    private readonly Dictionary<string, int> _listened = new(StringComparer.Ordinal); // by how many

    /// <param name="server">The server's name.</param>
    /// <param name="record">Has the URIs that the session subscribed to, as they are named here.</param>
    public WatchedResources(string server, CurrentRecord record) => (_server, _record) = (server, record);

    /// <summary>Tells a connection that was just opened.</summary>
    public async Task TellAsync(IUpstreamConnection connection, IUpstreamExchange exchange, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (UrisLocked() is { Count: > 0 } uris)
            {
                await connection.WatchAsync(uris, exchange, cancellationToken);
            }
        }
        catch (UpstreamErrorException)
        {
            // A resource that is gone is watched no longer; the connection serves all the same.
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Watches a resource, or no longer, and tells the connection.</summary>
    /// <param name="connection">The open connection; null where there is none, and the next will be told.</param>
    /// <param name="uri">The resource.</param>
    /// <param name="more">Who listens to it more: 1, -1; 0 where the record has changed or is about to.</param>
    /// <param name="isSubscribed">Whether the record has it, where that changes.</param>
    /// <param name="exchange">The request that it is for.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task ChangeAsync(
        IUpstreamConnection? connection, string uri, int more, bool? isSubscribed, IUpstreamExchange exchange, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            var count = _listened.GetValueOrDefault(uri) + more;
            if (count > 0)
            {
                _listened[uri] = count;
            }
            else
            {
                _listened.Remove(uri);
            }

            var uris = UrisLocked();
            if (isSubscribed == true)
            {
                uris.Add(uri);
            }
            else if (isSubscribed == false && count <= 0)
            {
                uris.Remove(uri);
            }

            if (connection is not null)
            {
                await connection.WatchAsync(uris, exchange, cancellationToken);
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    private HashSet<string> UrisLocked() =>
        [.. _listened.Keys, .. _record.Value.Subscriptions.Where(uri => UpstreamUris.ServerOf(uri) == _server).Select(uri => UpstreamUris.Strip(_server, uri))];
}
