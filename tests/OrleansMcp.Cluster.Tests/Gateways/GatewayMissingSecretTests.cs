using OrleansMcp.Tests.Upstreams;

namespace OrleansMcp.Cluster.Tests.Gateways;

/// <summary>The secret is put through any gateway, and a call waits for it in a silo.</summary>
public sealed class GatewayMissingSecretTests : MissingSecretContract;
