using OrleansMcp.Re2.Characters;
using OrleansMcp.Re2.Syntax;

namespace OrleansMcp.Re2.Matching;

/// <summary>What an <see cref="Instruction"/> does.</summary>
internal enum Operation : byte
{
    /// <summary>The expression has matched.</summary>
    Match,

    /// <summary>Takes one character of a set and goes on.</summary>
    Take,

    /// <summary>Goes on in two ways.</summary>
    Split,

    /// <summary>Goes on where the place is right.</summary>
    Assert,
}

/// <summary>A step of a compiled expression.</summary>
/// <param name="Operation">What it does.</param>
/// <param name="Next">The step that follows, by its index.</param>
/// <param name="Other">Of a split: the other step that follows.</param>
/// <param name="Set">What a step takes.</param>
/// <param name="Assertion">What a step asserts.</param>
internal sealed record Instruction(Operation Operation, int Next = 0, int Other = 0, CodePointSet? Set = null, Assertion Assertion = default);

/// <summary>A compiled expression: a nondeterministic automaton.</summary>
/// <param name="Instructions">Its steps.</param>
/// <param name="Start">The first step.</param>
internal sealed record Program(Instruction[] Instructions, int Start);
