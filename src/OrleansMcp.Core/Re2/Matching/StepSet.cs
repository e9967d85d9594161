namespace OrleansMcp.Re2.Matching;

/// <summary>A set of steps that remembers their order and is emptied at once.</summary>
/// <param name="size">Steps of the expression.</param>
internal sealed class StepSet(int size)
{
    private readonly int[] _members = new int[size];
    private readonly int[] _places = new int[size];

    public int Count { get; private set; }

    public int this[int index] => _members[index];

    public ReadOnlySpan<int> Members => _members.AsSpan(0, Count);

    public bool Add(int step)
    {
        var place = _places[step];
        if (place < Count && _members[place] == step)
        {
            return false;
        }

        _places[step] = Count;
        _members[Count++] = step;
        return true;
    }

    public void Clear() => Count = 0;
}
