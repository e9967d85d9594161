using Microsoft.Extensions.DependencyInjection;
using OrleansMcp.Signals;
using OrleansMcp.Signals.Interference;

namespace OrleansMcp.Sessions;

/// <summary>What watches over all sessions of a process.</summary>
public sealed partial class SessionHost
{
    internal IAttempts Attempts => field ??= Services.GetRequiredService<IAttempts>();

    internal NeighbourWatch Neighbours => field ??= Services.GetRequiredService<NeighbourWatch>();
}
