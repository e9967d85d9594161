using Microsoft.Extensions.Logging;
using Orleans.Runtime;
using OrleansMcp.Cutoffs;

namespace OrleansMcp.Grains.Cutoffs;

/// <summary>The receiver of marks in a silo.</summary>
internal sealed class CutoffService(GrainId id, Silo silo, ILoggerFactory loggers, LocalCutoffs local)
    : GrainService(id, silo, loggers), ICutoffService
{
    public Task<int> ApplyAsync(string tenant, CutoffSet marks) => Task.Run(() => local.ApplyAsync(tenant, marks));
}
