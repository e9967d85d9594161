using OrleansMcp.Configuration;
using OrleansMcp.Tests.Engine;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Cluster.Tests.Engine;

// The contract, kept where a session is reached by a method call.

public sealed class LocalOpeningTests : OpeningContract
{
    private protected override Task<IEngine> StartAsync(ServerConfiguration configuration) => ClusterEngine.StartLocalAsync(configuration);
}

[Collection(Alone.Collection)] // a thousand calls at once take all of a small machine
public sealed class LocalActivationTests : ActivationContract
{
    private protected override Task<IEngine> StartAsync(ServerConfiguration configuration) => ClusterEngine.StartLocalAsync(configuration);
}

public sealed class LocalOwnerTests : OwnerContract
{
    private protected override Task<IEngine> StartAsync(ServerConfiguration configuration) => ClusterEngine.StartLocalAsync(configuration);
}

public sealed class LocalReturnTests : ReturnContract
{
    private protected override Task<IEngine> StartAsync(ServerConfiguration configuration) => ClusterEngine.StartLocalAsync(configuration);
}

public sealed class LocalEndTests : CommittedEndContract
{
    private protected override Task<IEngine> StartAsync(ServerConfiguration configuration) => ClusterEngine.StartLocalAsync(configuration);
}

public sealed class LocalReentrancyTests : ReentrancyContract
{
    private protected override Task<IEngine> StartAsync(ServerConfiguration configuration) => ClusterEngine.StartLocalAsync(configuration);
}

public sealed class LocalStreamTests : StreamContract
{
    private protected override Task<IEngine> StartAsync(ServerConfiguration configuration) => ClusterEngine.StartLocalAsync(configuration);
}

public sealed class LocalLifetimeTests : LifetimeContract
{
    private protected override Task<IEngine> StartAsync(ServerConfiguration configuration) => ClusterEngine.StartLocalAsync(configuration);
}

public sealed class LocalStateTests : StateContract
{
    private protected override Task<IEngine> StartAsync(ServerConfiguration configuration) => ClusterEngine.StartLocalAsync(configuration);
}

public sealed class LocalQuotaTests : QuotaContract
{
    private protected override Task<IEngine> StartAsync(ServerConfiguration configuration) => ClusterEngine.StartLocalAsync(configuration);
}

public sealed class LocalRoomTests : RoomContract
{
    private protected override Task<IEngine> StartAsync(ServerConfiguration configuration) => ClusterEngine.StartLocalAsync(configuration);
}

public sealed class LocalCutoffTests : CutoffContract
{
    private protected override Task<IEngine> StartAsync(ServerConfiguration configuration) => ClusterEngine.StartLocalAsync(configuration);
}

public sealed class LocalPinTests : PinContract
{
    private protected override Task<IEngine> StartAsync(ServerConfiguration configuration) => ClusterEngine.StartLocalAsync(configuration);
}

public sealed class LocalPrincipalTests : PrincipalContract
{
    private protected override Task<IEngine> StartAsync(ServerConfiguration configuration) => ClusterEngine.StartLocalAsync(configuration);
}

public sealed class LocalPolicyTests : PolicyContract
{
    private protected override Task<IEngine> StartAsync(ServerConfiguration configuration) => ClusterEngine.StartLocalAsync(configuration);
}

public sealed class LocalPermissionTests : PermissionContract
{
    private protected override Task<IEngine> StartAsync(ServerConfiguration configuration) => ClusterEngine.StartLocalAsync(configuration);
}

public sealed class LocalRevocationTests : RevocationContract
{
    private protected override Task<IEngine> StartAsync(ServerConfiguration configuration) => ClusterEngine.StartLocalAsync(configuration);
}

public sealed class LocalOperatorTests : OperatorContract
{
    private protected override Task<IEngine> StartAsync(ServerConfiguration configuration) => ClusterEngine.StartLocalAsync(configuration);
}

public sealed class LocalRecordTests : RecordContract
{
    private protected override Task<IEngine> StartAsync(ServerConfiguration configuration) => ClusterEngine.StartLocalAsync(configuration);
}

public sealed class LocalRecordSharingTests : RecordSharingContract
{
    private protected override Task<IEngine> StartAsync(ServerConfiguration configuration) => ClusterEngine.StartLocalAsync(configuration);
}

public sealed class LocalRecordSchemaTests : RecordSchemaContract
{
    private protected override Task<IEngine> StartAsync(ServerConfiguration configuration) => ClusterEngine.StartLocalAsync(configuration);
}

public sealed class LocalRecordTransactionTests : RecordTransactionContract
{
    private protected override Task<IEngine> StartAsync(ServerConfiguration configuration) => ClusterEngine.StartLocalAsync(configuration);
}

public sealed class LocalCacheTests : CacheContract
{
    private protected override Task<IEngine> StartAsync(ServerConfiguration configuration) => ClusterEngine.StartLocalAsync(configuration);
}

public sealed class LocalCacheSharingTests : CacheSharingContract
{
    private protected override Task<IEngine> StartAsync(ServerConfiguration configuration) => ClusterEngine.StartLocalAsync(configuration);
}

public sealed class LocalToolLogTests : ToolLogContract
{
    private protected override Task<IEngine> StartAsync(ServerConfiguration configuration) => ClusterEngine.StartLocalAsync(configuration);
}

public sealed class LocalKeyTests : KeyContract
{
    private protected override Task<IEngine> StartAsync(ServerConfiguration configuration) => ClusterEngine.StartLocalAsync(configuration);
}
