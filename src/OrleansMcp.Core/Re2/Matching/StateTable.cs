namespace OrleansMcp.Re2.Matching;

/// <summary>The states of an expression that texts have led to, up to a bound. For any number of threads.</summary>
internal sealed class StateTable
{
    private readonly Lock _gate = new();
    private readonly HashSet<AutomatonState> _states = new(new AutomatonState.Comparer());
    private readonly Stepper _stepper;
    private readonly int _symbols;
    private readonly int _maxCost;
    private int _cost;

    /// <param name="program">The expression.</param>
    /// <param name="alphabet">Its classes of characters.</param>
    /// <param name="bytes">What the states may take.</param>
    public StateTable(Program program, Alphabet alphabet, int bytes)
    {
        _maxCost = bytes / 8;
        _stepper = new Stepper(program, alphabet);
        _symbols = alphabet.Count + 1;
        _stepper.Begin();
        Start = Reached(isEnd: false);
    }

    /// <summary>The state at the beginning of a text.</summary>
    public AutomatonState Start { get; }

    /// <summary>Works out the state that follows; null when there is no room for another.</summary>
    public AutomatonState? Step(AutomatonState state, int symbol)
    {
        lock (_gate)
        {
            if (_cost > _maxCost)
            {
                return null;
            }

            _stepper.Step(state.Waiting, state.Before, symbol);
            var next = Reached(isEnd: symbol == _symbols - 1);
            state.SetNext(symbol, next);
            return next;
        }
    }

    private AutomatonState Reached(bool isEnd)
    {
        if (_stepper.HasMatched)
        {
            return AutomatonState.Matched;
        }

        if (isEnd || _stepper.HasFailed)
        {
            return AutomatonState.Failed;
        }

        int[] waiting = [.. _stepper.Waiting];
        Array.Sort(waiting);
        var state = new AutomatonState(waiting, _stepper.HasAssertion ? _stepper.Before : Neighbour.Other, _symbols);
        if (_states.TryGetValue(state, out var known))
        {
            return known;
        }

        _states.Add(state);
        _cost += state.Cost;
        return state;
    }
}
