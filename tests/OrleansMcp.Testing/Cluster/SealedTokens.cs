using System.Collections.Concurrent;
using Orleans;
using OrleansMcp.Grains.Sessions;

namespace OrleansMcp.Tests.Cluster;

/// <summary>What reached the grains of a test's cluster of callers' tokens, as it came off the wire.</summary>
internal sealed class SealedTokens : IIncomingGrainCallFilter
{
    private readonly ConcurrentQueue<PostCall> _calls = new();

    /// <summary>The calls that came with one, in whatever form.</summary>
    public IReadOnlyCollection<PostCall> Calls => _calls;

    public void Clear() => _calls.Clear();

    public Task Invoke(IIncomingGrainCallContext context)
    {
        if (context.InterfaceMethod?.Name == nameof(ISessionGrain.PostAsync) && context.Request.GetArgument(0) is PostCall { Options: { Token: not null } or { SealedToken: not null } } call)
        {
            _calls.Enqueue(call);
        }

        return context.Invoke();
    }
}
