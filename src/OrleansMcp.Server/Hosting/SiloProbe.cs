using Orleans.Runtime;
using OrleansMcp.Hosting;

namespace OrleansMcp.Server.Hosting;

/// <summary>A process that holds sessions is ready while its silo is an active member.</summary>
internal sealed class SiloProbe(ISiloStatusOracle silos) : IReadinessProbe
{
    public string Name => "silo";

    public ValueTask<string?> ProblemAsync(CancellationToken cancellationToken) => new(silos.CurrentStatus switch
    {
        SiloStatus.Active => null,
        SiloStatus.None or SiloStatus.Created or SiloStatus.Joining => "starting",
        _ => "stopping",
    });
}
