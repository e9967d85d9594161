namespace OrleansMcp.Re2.Matching;

/// <summary>A state of an expression, and those that follow it as far as they are known.</summary>
/// <param name="waiting">The steps that wait, in order.</param>
/// <param name="before">What is before the place, as far as it matters.</param>
/// <param name="symbols">Classes of characters, and the end.</param>
internal sealed class AutomatonState(int[] waiting, Neighbour before, int symbols)
{
    private readonly AutomatonState?[] _next = new AutomatonState?[symbols];

    /// <summary>A match was found: nothing that follows matters.</summary>
    public static AutomatonState Matched { get; } = new([], Neighbour.Nothing, 0);

    /// <summary>No match can be found any more.</summary>
    public static AutomatonState Failed { get; } = new([], Neighbour.Nothing, 0);

    public int[] Waiting => waiting;

    public Neighbour Before => before;

    /// <summary>What it costs to keep.</summary>
    public int Cost => waiting.Length + symbols;

    // Written once with a state that is complete, or again with an equal one: a reader that comes too early works it out itself.
    public AutomatonState? Next(int symbol) => Volatile.Read(ref _next[symbol]);

    public void SetNext(int symbol, AutomatonState state) => Volatile.Write(ref _next[symbol], state);

    /// <summary>Compares by what a state is.</summary>
    public sealed class Comparer : IEqualityComparer<AutomatonState>
    {
        public bool Equals(AutomatonState? x, AutomatonState? y) =>
            x!.Before == y!.Before && x.Waiting.AsSpan().SequenceEqual(y.Waiting);

        public int GetHashCode(AutomatonState obj)
        {
            var hash = default(HashCode);
            hash.Add(obj.Before);
            foreach (var step in obj.Waiting)
            {
                hash.Add(step);
            }

            return hash.ToHashCode();
        }
    }
}
