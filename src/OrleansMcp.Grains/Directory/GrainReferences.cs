using Orleans.Runtime;

namespace OrleansMcp.Grains.Directory;

/// <summary>References to the grains of one interface, by key. A reference costs nothing until it is used.</summary>
/// <remarks>
/// <see cref="IGrainFactory"/> reads the attributes of the interface by reflection for every reference, which costs as much as a sixth of a
/// small call. The grain type and interface type never change, so the first reference supplies them for all others.
/// </remarks>
internal sealed class GrainReferences<TGrain>(IGrainFactory grains) where TGrain : class, IGrainWithStringKey
{
    private GrainReference? _first;

    public TGrain Get(string key)
    {
        var first = _first ??= (GrainReference)(object)grains.GetGrain<TGrain>(key);
        return (TGrain)grains.GetGrain(GrainId.Create(first.GrainId.Type, key), first.InterfaceType);
    }
}
