using OrleansMcp.Tests.Hosting;
using OrleansMcp.Tests.Http;
using OrleansMcp.Tests.Http.Sessionless;
using OrleansMcp.Tests.Isolation;
using OrleansMcp.Tests.Secrets;

namespace OrleansMcp.Cluster.Tests.Gateways;

// The contract of the front end, kept by two gateways in front of two silos.

public sealed class GatewayBatchTests(SharedServer shared) : BatchContract(shared);

public sealed class GatewayCallTests(SharedServer shared) : CallContract(shared);

public sealed class GatewayCancellationTests(SharedServer shared) : CancellationContract(shared);

public sealed class GatewayClientInputTests(SharedServer shared) : ClientInputContract(shared);

public sealed class GatewayLifetimeTests : LifetimeContract;

public sealed class GatewayListenTests(SharedServer shared) : ListenContract(shared);

public sealed class GatewayQuotaTests : QuotaContract;

public sealed class GatewayResumptionTests(SharedServer shared) : ResumptionContract(shared);

public sealed class GatewaySessionEndTests(SharedServer shared) : SessionEndContract(shared);

public sealed class GatewaySessionOpeningTests(SharedServer shared) : SessionOpeningContract(shared);

public sealed class GatewayMissingSessionIdTests(SharedServer shared) : MissingSessionIdContract(shared);

public sealed class GatewayHandleTests(SharedServer shared) : HandleContract(shared);

public sealed class GatewayInputStateTests(SharedServer shared) : InputStateContract(shared);

public sealed class GatewayInputTests(SharedServer shared) : InputContract(shared);

public sealed class GatewayStreamTests(SharedServer shared) : StreamContract(shared);

public sealed class GatewayCacheStrangerTests : CacheStrangerContract;

public sealed class GatewayConcurrentClientsTests : ConcurrentClientsContract;

public sealed class GatewaySessionlessStrangerTests(SharedServer shared) : SessionlessStrangerContract(shared);

public sealed class GatewayStrangerTests(SharedServer shared) : StrangerContract(shared);

public sealed class GatewayUnknownIdTests(SharedServer shared) : UnknownIdContract(shared);

public sealed class GatewaySecretEndpointTests(SharedServer shared) : SecretEndpointContract(shared);

public sealed class GatewaySecretRefusalTests(SharedServer shared) : SecretRefusalContract(shared);

public sealed class GatewaySecretBodyTests(SharedServer shared) : SecretBodyContract(shared);
