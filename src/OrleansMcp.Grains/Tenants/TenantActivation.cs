using Orleans.Runtime;
using OrleansMcp.Grains.Directory;

namespace OrleansMcp.Grains.Tenants;

/// <summary>A tenant activation in this process. Confirmed by look-ups only, because it writes far less often than it grants.</summary>
internal sealed class TenantActivation(IGrainContext context, TimeProvider time) : LocalActivation(context, time)
{
    protected override long WrittenAt => 0;
}
