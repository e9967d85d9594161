namespace OrleansMcp.Tests.Upstreams;

// The contracts about other servers, kept by one process. The cluster keeps them too.

public sealed class PassThroughTests(UpstreamWorld world) : PassThroughContract(world);

public sealed class ApartTests(UpstreamWorld world) : ApartContract(world);

public sealed class UpstreamLifeTests : UpstreamLifeContract;

public sealed class PinnedToolTests : PinnedToolContract;
