using System.Text.Json.Nodes;
using ModelContextProtocol.Protocol;
using OrleansMcp.Authorization;
using OrleansMcp.Protocol;
using OrleansMcp.Sessions.Calls;
using OrleansMcp.Upstreams;

namespace OrleansMcp.Sessions.Upstreams;

/// <summary>
/// What the other servers of a session list, all at the same time. A server that cannot be used does not keep the others from being listed: the result
/// says which and why.
/// </summary>
internal sealed class UpstreamListing<T>
{
    private readonly JsonObject _unavailable = [];

    private UpstreamListing(IReadOnlyList<T> items) => Items = items;

    /// <summary>What the servers list, of all of them.</summary>
    public IReadOnlyList<T> Items { get; private set; }

    /// <summary>Asks the servers of which the session may use something.</summary>
    /// <param name="upstreams">The servers.</param>
    /// <param name="call">The call that lists.</param>
    /// <param name="kind">What is listed.</param>
    /// <param name="list">Lists what one server has.</param>
    public static async ValueTask<UpstreamListing<T>> ReadAsync(
        UpstreamForwarding upstreams, RunningCall call, PermissionKind kind, Func<SessionServer, IUpstreamExchange, ValueTask<IEnumerable<T>>> list)
    {
        var listing = new UpstreamListing<T>([]);
        var reading = upstreams.Servers.Reached(call.Caller, kind).Select(server => listing.ReadAsync(upstreams, call, server, list)).ToList();
        if (reading.Count > 0)
        {
            listing.Items = [.. (await Task.WhenAll(reading)).SelectMany(static items => items)];
        }

        return listing;
    }

    /// <summary>Says in the result which servers could not be asked.</summary>
    public void NoteIn(Result result)
    {
        if (_unavailable.Count > 0)
        {
            result.Meta ??= [];
            result.Meta[OwnMetaKeys.Unavailable] = _unavailable;
        }
    }

    private async Task<IEnumerable<T>> ReadAsync(
        UpstreamForwarding upstreams, RunningCall call, SessionServer server, Func<SessionServer, IUpstreamExchange, ValueTask<IEnumerable<T>>> list)
    {
        var name = server.Configuration.Name;
        try
        {
            return await list(server, upstreams.ExchangeOf(call, name));
        }
        catch (Exception e) when (e is UpstreamException or UpstreamErrorException or SecretUnavailableException or QuotaExceededException)
        {
            lock (_unavailable)
            {
                // An error's message is the server's, and is not quoted: nobody has approved it.
                _unavailable[name] = e is UpstreamErrorException error ? $"The server '{name}' answered with the error {error.ErrorCode}." : e.Message;
            }

            return [];
        }
    }
}
