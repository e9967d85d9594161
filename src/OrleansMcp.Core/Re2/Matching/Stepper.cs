using OrleansMcp.Re2.Syntax;

namespace OrleansMcp.Re2.Matching;

/// <summary>
/// Takes an expression through a text, all ways at once. A state is the steps that wait for the next character, or for an assertion that
/// it decides. Used by one thread at a time.
/// </summary>
internal sealed class Stepper(Program program, Alphabet alphabet)
{
    private readonly Instruction[] _instructions = program.Instructions;
    private readonly StepSet _here = new(program.Instructions.Length);
    private readonly StepSet _there = new(program.Instructions.Length);
    private readonly Stack<int> _open = new();
    private readonly List<int> _waiting = [];
    private bool _beginsAgain;

    /// <summary>Whether the state that was reached is the end of a match.</summary>
    public bool HasMatched { get; private set; }

    /// <summary>Whether an assertion waits, so that <see cref="Before"/> matters.</summary>
    public bool HasAssertion { get; private set; }

    /// <summary>What is before the place that was reached.</summary>
    public Neighbour Before { get; private set; }

    /// <summary>The steps that wait.</summary>
    public IReadOnlyList<int> Waiting => _waiting;

    /// <summary>Whether no text that follows can bring a match: nothing waits, and matches begin with the text only.</summary>
    public bool HasFailed => _waiting.Count == 0 && !_beginsAgain && !HasMatched;

    /// <summary>Goes to the beginning of a text.</summary>
    public void Begin()
    {
        // What can begin anywhere can begin behind a line feed.
        _there.Clear();
        Follow(program.Start, Neighbour.LineFeed, _there);
        Arrive(Neighbour.LineFeed);
        _beginsAgain = HasMatched || _waiting.Count > 0;
        _there.Clear();
        Follow(program.Start, Neighbour.Nothing, _there);
        Arrive(Neighbour.Nothing);
    }

    /// <summary>Goes from a state over a character of a class, or over the end of the text.</summary>
    public void Step(IReadOnlyList<int> waiting, Neighbour before, int symbol)
    {
        var isEnd = symbol == alphabet.Count;
        var member = isEnd ? -1 : alphabet.Members[symbol];
        var after = isEnd ? Neighbour.Nothing : Place.Of(member);
        Decide(waiting, before, after);
        _there.Clear();
        if (HasMatched)
        {
            _waiting.Clear();
            return;
        }

        if (!isEnd)
        {
            foreach (var step in _here.Members)
            {
                if (_instructions[step] is { Operation: Operation.Take } take && take.Set!.Contains(member))
                {
                    Follow(take.Next, after, _there);
                }
            }

            Follow(program.Start, after, _there); // a match may begin anywhere
        }

        Arrive(after);
    }

    /// <summary>Goes on from assertions, now that both sides of the place are known.</summary>
    private void Decide(IReadOnlyList<int> waiting, Neighbour before, Neighbour after)
    {
        _here.Clear();
        for (var i = 0; i < waiting.Count; i++)
        {
            _here.Add(waiting[i]);
        }

        HasMatched = false;
        for (var i = 0; i < _here.Count; i++)
        {
            var instruction = _instructions[_here[i]];
            HasMatched |= instruction.Operation == Operation.Match;
            if (instruction.Operation == Operation.Assert && !Place.LooksBack(instruction.Assertion)
                && Place.Holds(instruction.Assertion, before, after))
            {
                Follow(instruction.Next, before, _here);
            }
        }
    }

    private void Arrive(Neighbour before)
    {
        Before = before;
        HasMatched = HasAssertion = false;
        _waiting.Clear();
        foreach (var step in _there.Members)
        {
            var instruction = _instructions[step];
            var waits = instruction.Operation == Operation.Assert && !Place.LooksBack(instruction.Assertion);
            HasMatched |= instruction.Operation == Operation.Match;
            HasAssertion |= waits;
            if (waits || instruction.Operation == Operation.Take)
            {
                _waiting.Add(step);
            }
        }
    }

    /// <summary>Adds what follows without a character, as far as what is before decides it.</summary>
    private void Follow(int step, Neighbour before, StepSet into)
    {
        _open.Push(step);
        while (_open.TryPop(out var next))
        {
            if (!into.Add(next))
            {
                continue;
            }

            var instruction = _instructions[next];
            if (instruction.Operation == Operation.Split)
            {
                _open.Push(instruction.Other);
                _open.Push(instruction.Next);
            }
            else if (instruction.Operation == Operation.Assert && Place.LooksBack(instruction.Assertion)
                && Place.Holds(instruction.Assertion, before))
            {
                _open.Push(instruction.Next);
            }
        }
    }
}
