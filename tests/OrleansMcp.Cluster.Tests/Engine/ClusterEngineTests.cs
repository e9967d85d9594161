using OrleansMcp.Configuration;
using OrleansMcp.Tests.Engine;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Cluster.Tests.Engine;

// The contract, kept where every call goes through a grain, from either of two silos.

public sealed class ClusterOpeningTests : OpeningContract
{
    private protected override Task<IEngine> StartAsync(ServerConfiguration configuration) => ClusterEngine.StartAsync(configuration);
}

[Collection(Alone.Collection)] // a thousand calls at once take all of a small machine
public sealed class ClusterActivationTests : ActivationContract
{
    private protected override Task<IEngine> StartAsync(ServerConfiguration configuration) => ClusterEngine.StartAsync(configuration);
}

public sealed class ClusterOwnerTests : OwnerContract
{
    private protected override Task<IEngine> StartAsync(ServerConfiguration configuration) => ClusterEngine.StartAsync(configuration);
}

public sealed class ClusterReturnTests : ReturnContract
{
    private protected override Task<IEngine> StartAsync(ServerConfiguration configuration) => ClusterEngine.StartAsync(configuration);
}

public sealed class ClusterEndTests : MarkedEndContract
{
    private protected override Task<IEngine> StartAsync(ServerConfiguration configuration) => ClusterEngine.StartAsync(configuration);
}

public sealed class ClusterReentrancyTests : ReentrancyContract
{
    private protected override Task<IEngine> StartAsync(ServerConfiguration configuration) => ClusterEngine.StartAsync(configuration);
}

public sealed class ClusterStreamTests : StreamContract
{
    private protected override Task<IEngine> StartAsync(ServerConfiguration configuration) => ClusterEngine.StartAsync(configuration);
}

public sealed class ClusterLifetimeTests : LifetimeContract
{
    private protected override Task<IEngine> StartAsync(ServerConfiguration configuration) => ClusterEngine.StartAsync(configuration);
}

public sealed class ClusterStateTests : StateContract
{
    private protected override Task<IEngine> StartAsync(ServerConfiguration configuration) => ClusterEngine.StartAsync(configuration);
}

public sealed class ClusterQuotaTests : QuotaContract
{
    private protected override Task<IEngine> StartAsync(ServerConfiguration configuration) => ClusterEngine.StartAsync(configuration);
}

public sealed class ClusterRoomTests : RoomContract
{
    private protected override Task<IEngine> StartAsync(ServerConfiguration configuration) => ClusterEngine.StartAsync(configuration);
}

public sealed class ClusterCutoffTests : CutoffContract
{
    private protected override Task<IEngine> StartAsync(ServerConfiguration configuration) => ClusterEngine.StartAsync(configuration);
}

public sealed class ClusterPinTests : PinContract
{
    private protected override Task<IEngine> StartAsync(ServerConfiguration configuration) => ClusterEngine.StartAsync(configuration);
}

public sealed class ClusterPrincipalTests : PrincipalContract
{
    private protected override Task<IEngine> StartAsync(ServerConfiguration configuration) => ClusterEngine.StartAsync(configuration);
}

public sealed class ClusterPolicyTests : PolicyContract
{
    private protected override Task<IEngine> StartAsync(ServerConfiguration configuration) => ClusterEngine.StartAsync(configuration);
}

public sealed class ClusterPermissionTests : PermissionContract
{
    private protected override Task<IEngine> StartAsync(ServerConfiguration configuration) => ClusterEngine.StartAsync(configuration);
}

public sealed class ClusterRevocationTests : RevocationContract
{
    private protected override Task<IEngine> StartAsync(ServerConfiguration configuration) => ClusterEngine.StartAsync(configuration);
}

public sealed class ClusterOperatorTests : OperatorContract
{
    private protected override Task<IEngine> StartAsync(ServerConfiguration configuration) => ClusterEngine.StartAsync(configuration);
}

public sealed class ClusterRecordTests : RecordContract
{
    private protected override Task<IEngine> StartAsync(ServerConfiguration configuration) => ClusterEngine.StartAsync(configuration);
}

public sealed class ClusterRecordSharingTests : RecordSharingContract
{
    private protected override Task<IEngine> StartAsync(ServerConfiguration configuration) => ClusterEngine.StartAsync(configuration);
}

public sealed class ClusterRecordSchemaTests : RecordSchemaContract
{
    private protected override Task<IEngine> StartAsync(ServerConfiguration configuration) => ClusterEngine.StartAsync(configuration);
}

public sealed class ClusterRecordTransactionTests : RecordTransactionContract
{
    private protected override Task<IEngine> StartAsync(ServerConfiguration configuration) => ClusterEngine.StartAsync(configuration);
}

public sealed class ClusterCacheTests : CacheContract
{
    private protected override Task<IEngine> StartAsync(ServerConfiguration configuration) => ClusterEngine.StartAsync(configuration);
}

public sealed class ClusterCacheSharingTests : CacheSharingContract
{
    private protected override Task<IEngine> StartAsync(ServerConfiguration configuration) => ClusterEngine.StartAsync(configuration);
}

public sealed class ClusterToolLogTests : ToolLogContract
{
    private protected override Task<IEngine> StartAsync(ServerConfiguration configuration) => ClusterEngine.StartAsync(configuration);
}

public sealed class ClusterKeyTests : KeyContract
{
    private protected override Task<IEngine> StartAsync(ServerConfiguration configuration) => ClusterEngine.StartAsync(configuration);
}
