using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Upstreams.Stock;

/// <summary>What the tools of a <see cref="StockUpstream"/> remember.</summary>
internal sealed class StockState
{
    private readonly ConcurrentDictionary<string, int> _counters = new(StringComparer.Ordinal);

    public Gates Gates { get; } = new();

    public OpenQuestions Questions { get; } = new();

    public ConcurrentQueue<string> Cancelled { get; } = new();

    public IHttpContextAccessor Context { get; set; } = null!;

    /// <summary>The HTTP request that a tool was called with.</summary>
    public HttpRequest Request => Context.HttpContext?.Request ?? throw new InvalidOperationException("There is no HTTP request here.");

    /// <summary>The SHA-256 of the Authorization header's value, in hex; null without one.</summary>
    public string? AuthorizationHash => Request.Headers.Authorization is [{ } value] ? ReceivedRequest.HashOf(value) : null;

    public int Count(string holder) => _counters.AddOrUpdate(holder, 1, static (_, count) => count + 1);
}
