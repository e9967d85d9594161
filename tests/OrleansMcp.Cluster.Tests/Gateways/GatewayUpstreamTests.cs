using OrleansMcp.Tests.Upstreams;

namespace OrleansMcp.Cluster.Tests.Gateways;

// The contracts about other servers, kept by gateways in front of silos: the connections are those of the silo where the session is.

public sealed class GatewayPassThroughTests(UpstreamWorld world) : PassThroughContract(world);

public sealed class GatewayApartTests(UpstreamWorld world) : ApartContract(world);

public sealed class GatewayUpstreamLifeTests : UpstreamLifeContract;

public sealed class GatewayPinnedToolTests : PinnedToolContract;
