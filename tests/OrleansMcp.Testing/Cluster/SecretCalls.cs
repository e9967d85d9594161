using System.Collections.Concurrent;
using Orleans;
using OrleansMcp.Grains.Sessions;

namespace OrleansMcp.Tests.Cluster;

/// <summary>What reached the grains of a test's cluster as secrets, as it came off the wire.</summary>
internal sealed class SecretCalls : IIncomingGrainCallFilter
{
    private readonly ConcurrentQueue<SecretCall> _calls = new();

    public IReadOnlyCollection<SecretCall> All => _calls;

    public void Clear() => _calls.Clear();

    public Task Invoke(IIncomingGrainCallContext context)
    {
        if (context.InterfaceMethod?.Name == nameof(ISessionGrain.SetSecretAsync))
        {
            _calls.Enqueue((SecretCall)context.Request.GetArgument(0)!);
        }

        return context.Invoke();
    }
}
