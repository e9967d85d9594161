using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http;
using ModelContextProtocol.Server;

namespace OrleansMcp.Tests.Upstreams.Stock;

/// <summary>The sessions of a <see cref="StockUpstream"/>: the SDK runs each of them here, from <c>initialize</c> to its end.</summary>
internal sealed class StockSessions
{
    private readonly ConcurrentDictionary<string, McpServer> _open = new(StringComparer.Ordinal);
    private int _opened;

    public int Opened => Volatile.Read(ref _opened);

    public int Open => _open.Count;

    public IReadOnlyList<string> Ids => [.. _open.Keys];

    public McpServer? Find(string id) => _open.GetValueOrDefault(id);

    public async Task RunAsync(HttpContext context, McpServer session, CancellationToken cancellationToken)
    {
        var id = session.SessionId ?? throw new InvalidOperationException($"{context.Request.Path} began a session without an id.");
        Interlocked.Increment(ref _opened);
        _open[id] = session;
        try
        {
            await session.RunAsync(cancellationToken);
        }
        finally
        {
            _open.TryRemove(id, out _);
        }
    }
}
