using Orleans.Runtime;
using OrleansMcp.Grains.Directory;

namespace OrleansMcp.Grains.Tenants;

/// <summary>A tenant actor in this process. It writes far less often than it hands out, so that look-ups alone confirm it.</summary>
internal sealed class TenantActivation(IGrainContext context, TimeProvider time) : LocalActivation(context, time)
{
    protected override long WrittenAt => 0;
}
