namespace OrleansMcp.Re2.Matching;

/// <summary>
/// Matches texts with the states of the expression as a deterministic automaton that is made while texts are read. A text that leads to
/// more states than may be kept is matched to its end without keeping any, so the time is linear in it whatever it is.
/// </summary>
internal sealed class Automaton
{
    private const char Replacement = '\uFFFD';

    private readonly Program _program;
    private readonly Alphabet _alphabet;
    private readonly int _bytes;
    private StateTable _table;

    /// <param name="program">The expression.</param>
    /// <param name="bytes">What its states may take.</param>
    public Automaton(Program program, int bytes)
    {
        (_program, _bytes) = (program, bytes);
        _alphabet = new Alphabet(program);
        _table = new StateTable(program, _alphabet, bytes);
    }

    public int Size => _program.Instructions.Length;

    public bool IsMatch(ReadOnlySpan<char> text)
    {
        var table = Volatile.Read(ref _table);
        var state = table.Start;
        for (var at = 0; ;)
        {
            if (ReferenceEquals(state, AutomatonState.Matched) || ReferenceEquals(state, AutomatonState.Failed))
            {
                return ReferenceEquals(state, AutomatonState.Matched);
            }

            var place = at;
            var symbol = NextSymbol(text, ref at);
            if ((state.Next(symbol) ?? table.Step(state, symbol)) is not { } next)
            {
                Interlocked.CompareExchange(ref _table, new StateTable(_program, _alphabet, _bytes), table); // the next text begins afresh
                return IsMatch(text, place, state);
            }

            state = next;
        }
    }

    /// <summary>Goes on without keeping states.</summary>
    private bool IsMatch(ReadOnlySpan<char> text, int at, AutomatonState state)
    {
        var stepper = new Stepper(_program, _alphabet);
        stepper.Begin();
        var (waiting, before) = ((IReadOnlyList<int>)state.Waiting, state.Before);
        var symbol = -1;
        while (!stepper.HasMatched && !stepper.HasFailed && symbol != _alphabet.Count)
        {
            symbol = NextSymbol(text, ref at);
            stepper.Step(waiting, before, symbol);
            (waiting, before) = (stepper.Waiting, stepper.Before);
        }

        return stepper.HasMatched;
    }

    /// <summary>The class of the next character, or the end.</summary>
    private int NextSymbol(ReadOnlySpan<char> text, ref int at)
    {
        if (at == text.Length)
        {
            return _alphabet.Count;
        }

        var character = text[at++];
        if (!char.IsSurrogate(character))
        {
            return _alphabet.ClassOf(character);
        }

        return at < text.Length && char.IsSurrogatePair(character, text[at])
            ? _alphabet.ClassOf(char.ConvertToUtf32(character, text[at++]))
            : _alphabet.ClassOf(Replacement);
    }
}
