using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;
using Orleans.Storage;
using OrleansMcp.Cluster.Tests.Engine;
using OrleansMcp.Grains.Sessions;
using OrleansMcp.Quotas;
using OrleansMcp.Sessions;
using OrleansMcp.Storage;
using OrleansMcp.Tenants;
using OrleansMcp.Tests.Hosting;
using OrleansMcp.Upstreams.Pins;

namespace OrleansMcp.Cluster.Tests.Grains;

/// <summary>Failures on their way from one process of a cluster to another: what a caller decides by must still be there.</summary>
public sealed class WireExceptionTests : IAsyncLifetime
{
    private ClusterEngine _engine = null!;

    public static TheoryData<Exception> Failures { get; } = new((Exception[])
    [
        new TenantStoppedException(),
        new SessionUnavailableException("The session cannot be reached at the moment."),
        new LedgerFencedException(Unmet()),
        StoreDamagedException.OfRow("ledgers", "acme", "its checksum does not fit"),
        new IOException("The ledgers cannot be written.", Unmet()),
        new UnclaimedException("The record could not be claimed.", Unmet()),
        new ToolPinsException("github", new IOException("The disk does not answer.")),
    ]);

    public async ValueTask InitializeAsync() => _engine = await ClusterEngine.StartClusterAsync(TestConfiguration.With());

    public ValueTask DisposeAsync() => _engine.DisposeAsync();

    [Theory]
    [MemberData(nameof(Failures))]
    public void A_failure_arrives_as_what_it_was(Exception failure)
    {
        var written = Serializer(_engine.Cluster.Silos[0]).SerializeToArray(failure);
        foreach (var process in (IServiceProvider[])[_engine.Cluster.Silos[1], _engine.Cluster.Client.ServiceProvider])
        {
            var read = Serializer(process).Deserialize(written)!;
            Assert.Equal((failure.GetType(), failure.Message), (read.GetType(), read.Message));
            Assert.Equal(failure.InnerException?.Message, read.InnerException?.Message);
        }
    }

    /// <summary>What the grain storage of Orleans says of a row that another activation has written.</summary>
    private static TableStorageUpdateConditionNotSatisfiedException Unmet() => new("The ETag does not fit.", null!, null!, null!, null!, null!, null!);

    private static Serializer<Exception> Serializer(IServiceProvider process) => process.GetRequiredService<Serializer<Exception>>();
}
