using OrleansMcp.Configuration;

namespace OrleansMcp.Tests.Engine.Embedded;

// The contract, kept by engine 1.

public sealed class EmbeddedOpeningTests : OpeningContract
{
    private protected override Task<IEngine> StartAsync(ServerConfiguration configuration) => EmbeddedEngine.StartAsync(configuration);
}

public sealed class EmbeddedActivationTests : ActivationContract
{
    private protected override Task<IEngine> StartAsync(ServerConfiguration configuration) => EmbeddedEngine.StartAsync(configuration);
}

public sealed class EmbeddedOwnerTests : OwnerContract
{
    private protected override Task<IEngine> StartAsync(ServerConfiguration configuration) => EmbeddedEngine.StartAsync(configuration);
}

public sealed class EmbeddedReturnTests : ReturnContract
{
    private protected override Task<IEngine> StartAsync(ServerConfiguration configuration) => EmbeddedEngine.StartAsync(configuration);
}

public sealed class EmbeddedEndTests : MarkedEndContract
{
    private protected override Task<IEngine> StartAsync(ServerConfiguration configuration) => EmbeddedEngine.StartAsync(configuration);
}

public sealed class EmbeddedReentrancyTests : ReentrancyContract
{
    private protected override Task<IEngine> StartAsync(ServerConfiguration configuration) => EmbeddedEngine.StartAsync(configuration);
}

public sealed class EmbeddedStreamTests : StreamContract
{
    private protected override Task<IEngine> StartAsync(ServerConfiguration configuration) => EmbeddedEngine.StartAsync(configuration);
}

public sealed class EmbeddedLifetimeTests : LifetimeContract
{
    private protected override Task<IEngine> StartAsync(ServerConfiguration configuration) => EmbeddedEngine.StartAsync(configuration);
}

public sealed class EmbeddedStateTests : StateContract
{
    private protected override Task<IEngine> StartAsync(ServerConfiguration configuration) => EmbeddedEngine.StartAsync(configuration);
}

public sealed class EmbeddedQuotaTests : QuotaContract
{
    private protected override Task<IEngine> StartAsync(ServerConfiguration configuration) => EmbeddedEngine.StartAsync(configuration);
}

public sealed class EmbeddedPrincipalTests : PrincipalContract
{
    private protected override Task<IEngine> StartAsync(ServerConfiguration configuration) => EmbeddedEngine.StartAsync(configuration);
}

public sealed class EmbeddedPolicyTests : PolicyContract
{
    private protected override Task<IEngine> StartAsync(ServerConfiguration configuration) => EmbeddedEngine.StartAsync(configuration);
}

public sealed class EmbeddedPermissionTests : PermissionContract
{
    private protected override Task<IEngine> StartAsync(ServerConfiguration configuration) => EmbeddedEngine.StartAsync(configuration);
}

public sealed class EmbeddedRevocationTests : RevocationContract
{
    private protected override Task<IEngine> StartAsync(ServerConfiguration configuration) => EmbeddedEngine.StartAsync(configuration);
}

public sealed class EmbeddedOperatorTests : OperatorContract
{
    private protected override Task<IEngine> StartAsync(ServerConfiguration configuration) => EmbeddedEngine.StartAsync(configuration);
}

public sealed class EmbeddedRecordTests : RecordContract
{
    private protected override Task<IEngine> StartAsync(ServerConfiguration configuration) => EmbeddedEngine.StartAsync(configuration);
}

public sealed class EmbeddedRecordSharingTests : RecordSharingContract
{
    private protected override Task<IEngine> StartAsync(ServerConfiguration configuration) => EmbeddedEngine.StartAsync(configuration);
}

public sealed class EmbeddedRecordTransactionTests : RecordTransactionContract
{
    private protected override Task<IEngine> StartAsync(ServerConfiguration configuration) => EmbeddedEngine.StartAsync(configuration);
}

public sealed class EmbeddedCacheTests : CacheContract
{
    private protected override Task<IEngine> StartAsync(ServerConfiguration configuration) => EmbeddedEngine.StartAsync(configuration);
}

public sealed class EmbeddedToolLogTests : ToolLogContract
{
    private protected override Task<IEngine> StartAsync(ServerConfiguration configuration) => EmbeddedEngine.StartAsync(configuration);
}
