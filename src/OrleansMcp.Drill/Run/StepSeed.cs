namespace OrleansMcp.Drill.Run;

/// <summary>Seeds the random numbers of one step.</summary>
internal static class StepSeed
{
    /// <summary>Mixes its arguments (SplitMix64), so that neighbouring users and steps draw nothing alike.</summary>
    public static int Of(int seed, int user, int step)
    {
        unchecked
        {
            var mixed = ((ulong)(uint)seed << 32) ^ ((ulong)(uint)user << 20) ^ (uint)step;
            mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
            mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
            return (int)((mixed ^ (mixed >> 31)) & int.MaxValue);
        }
    }
}
