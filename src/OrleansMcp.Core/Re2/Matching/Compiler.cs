using OrleansMcp.Re2.Syntax;

namespace OrleansMcp.Re2.Matching;

/// <summary>Compiles an expression from its end to its beginning, so that every step is made when those that follow it are known.</summary>
internal sealed class Compiler
{
    private readonly List<Instruction> _instructions = [];

    private Compiler()
    {
    }

    public static Program Compile(Node expression)
    {
        var compiler = new Compiler();
        var start = compiler.Compile(expression, compiler.Add(new(Operation.Match)));
        return new Program([.. compiler._instructions], start);
    }

    /// <summary>The first step of <paramref name="node"/>, after which <paramref name="next"/> follows.</summary>
    private int Compile(Node node, int next) => node switch
    {
        CharacterNode character => Add(new(Operation.Take, next, Set: character.Set)),
        AssertionNode assertion => Add(new(Operation.Assert, next, Assertion: assertion.Assertion)),
        SequenceNode sequence => CompileSequence(sequence, next),
        ChoiceNode choice => CompileChoice(choice, next),
        RepeatNode repeat => CompileRepeat(repeat, next),
        _ => next,
    };

    private int CompileSequence(SequenceNode sequence, int next)
    {
        for (var i = sequence.Parts.Count - 1; i >= 0; i--)
        {
            next = Compile(sequence.Parts[i], next);
        }

        return next;
    }

    private int CompileChoice(ChoiceNode choice, int next)
    {
        var first = Compile(choice.Parts[^1], next);
        for (var i = choice.Parts.Count - 2; i >= 0; i--)
        {
            first = Add(new(Operation.Split, Compile(choice.Parts[i], next), first));
        }

        return first;
    }

    private int CompileRepeat(RepeatNode repeat, int next)
    {
        var required = repeat.Least;
        if (repeat.Most is not { } most)
        {
            var split = Add(new(Operation.Split, next));
            var body = Compile(repeat.Part, split);
            _instructions[split] = new(Operation.Split, body, next);
            next = required == 0 ? split : body;
            required -= required == 0 ? 0 : 1;
        }
        else
        {
            // x{0,2} is (x(x)?)?: every copy may be the last.
            var end = next;
            for (var copies = most - required; copies > 0; copies--)
            {
                next = Add(new(Operation.Split, Compile(repeat.Part, next), end));
            }
        }

        for (; required > 0; required--)
        {
            next = Compile(repeat.Part, next);
        }

        return next;
    }

    private int Add(Instruction instruction)
    {
        _instructions.Add(instruction);
        return _instructions.Count - 1;
    }
}
