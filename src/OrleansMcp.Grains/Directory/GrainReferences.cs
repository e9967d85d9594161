using Orleans.Runtime;

namespace OrleansMcp.Grains.Directory;

/// <summary>References to the grains of one interface, by key. A reference costs nothing until it is used.</summary>
/// <remarks>
/// Asked for a grain by its interface, Orleans reads that interface's attributes by reflection every time, which costs as much as a sixth of
/// a small call. The names it finds never change, so that any reference knows them for all.
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
