using System.Collections.Concurrent;
using Orleans;
using Orleans.Runtime;
using OrleansMcp.Grains.Cutoffs;
using OrleansMcp.Grains.Sessions;

namespace OrleansMcp.Tests.Cluster;

/// <summary>The grains of a test's cluster that are in memory. None comes there but by a call.</summary>
internal sealed class CalledGrains : IIncomingGrainCallFilter
{
    private readonly ConcurrentDictionary<IGrainContext, bool> _called = new();

    /// <summary>While set, no silo gets the marks that a tenant sends round.</summary>
    public bool LosesMarks { get; set; }

    public Task Invoke(IIncomingGrainCallContext context)
    {
        if (LosesMarks && context.InterfaceMethod?.DeclaringType == typeof(ICutoffService))
        {
            throw new TimeoutException("The silo does not answer.");
        }

        if (context.TargetContext is { GrainInstance: { } grain } home && grain.GetType().Assembly == typeof(SessionGrain).Assembly)
        {
            _called.TryAdd(home, true);
        }

        return context.Invoke();
    }

    /// <summary>Sends all of them away, and those that they call on their way out.</summary>
    public async Task DeactivateAsync()
    {
        while (!_called.IsEmpty)
        {
            foreach (var grain in _called.Keys)
            {
                grain.Deactivate(new DeactivationReason(DeactivationReasonCode.ApplicationRequested, "The test is over."));
                await grain.Deactivated;
                _called.TryRemove(grain, out _);
            }
        }
    }
}
