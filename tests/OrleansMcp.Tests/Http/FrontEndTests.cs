using OrleansMcp.Tests.Hosting;
using OrleansMcp.Tests.Http.Sessionless;
using OrleansMcp.Tests.Isolation;
using OrleansMcp.Tests.Secrets;

namespace OrleansMcp.Tests.Http;

// The contract of the front end, kept by one process. GatewayTests of the cluster keep it too.

public sealed class BatchTests(SharedServer shared) : BatchContract(shared);

public sealed class CallTests(SharedServer shared) : CallContract(shared);

public sealed class CancellationTests(SharedServer shared) : CancellationContract(shared);

public sealed class ClientInputTests(SharedServer shared) : ClientInputContract(shared);

public sealed class LifetimeTests : LifetimeContract;

public sealed class ListenTests(SharedServer shared) : ListenContract(shared);

public sealed class QuotaTests : QuotaContract;

public sealed class ResumptionTests(SharedServer shared) : ResumptionContract(shared);

public sealed class SessionEndTests(SharedServer shared) : SessionEndContract(shared);

public sealed class SessionOpeningTests(SharedServer shared) : SessionOpeningContract(shared);

public sealed class MissingSessionIdTests(SharedServer shared) : MissingSessionIdContract(shared);

public sealed class StrangeTextTests(SharedServer shared) : StrangeTextContract(shared);

public sealed class HandleTests(SharedServer shared) : HandleContract(shared);

public sealed class InputStateTests(SharedServer shared) : InputStateContract(shared);

public sealed class InputTests(SharedServer shared) : InputContract(shared);

public sealed class StreamTests(SharedServer shared) : StreamContract(shared);

public sealed class CacheStrangerTests : CacheStrangerContract;

public sealed class ConcurrentClientsTests : ConcurrentClientsContract;

public sealed class OwnerCheckTests(SharedServer shared) : OwnerCheckContract(shared);

public sealed class SessionlessStrangerTests(SharedServer shared) : SessionlessStrangerContract(shared);

public sealed class StrangerTests(SharedServer shared) : StrangerContract(shared);

public sealed class UnknownIdTests(SharedServer shared) : UnknownIdContract(shared);

public sealed class SecretEndpointTests(SharedServer shared) : SecretEndpointContract(shared);

public sealed class SecretRefusalTests(SharedServer shared) : SecretRefusalContract(shared);

public sealed class SecretBodyTests(SharedServer shared) : SecretBodyContract(shared);
