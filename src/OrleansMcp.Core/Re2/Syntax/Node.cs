using OrleansMcp.Re2.Characters;

namespace OrleansMcp.Re2.Syntax;

/// <summary>A part of an expression.</summary>
/// <param name="Size">Steps that it compiles to, about.</param>
/// <param name="Copies">The largest product of nested counted repetitions in it.</param>
internal abstract record Node(long Size, int Copies);

/// <summary>Matches the empty text.</summary>
internal sealed record EmptyNode() : Node(1, 1);

/// <summary>Matches one code point.</summary>
internal sealed record CharacterNode(CodePointSet Set) : Node(1, 1);

/// <summary>Matches the empty text at some places.</summary>
internal sealed record AssertionNode(Assertion Assertion) : Node(1, 1);

/// <summary>Matches its parts in succession.</summary>
internal sealed record SequenceNode(IReadOnlyList<Node> Parts) : Node(Parts.Sum(part => part.Size), Parts.Max(part => part.Copies));

/// <summary>Matches one of its parts.</summary>
internal sealed record ChoiceNode(IReadOnlyList<Node> Parts)
    : Node(Parts.Sum(part => part.Size) + Parts.Count - 1, Parts.Max(part => part.Copies));

/// <summary>Matches its part at least <paramref name="Least"/> and at most <paramref name="Most"/> times.</summary>
/// <param name="Part">What is repeated.</param>
/// <param name="Least">The fewest times.</param>
/// <param name="Most">The most times; null for any number.</param>
/// <param name="IsCounted">Whether it is written with braces.</param>
internal sealed record RepeatNode(Node Part, int Least, int? Most, bool IsCounted) : Node(
    Most is { } most ? (most * Part.Size) + (most - Least) : (Math.Max(Least, 1) * Part.Size) + 1,
    Most == 0 ? 1 : Part.Copies * (IsCounted ? Math.Max(Most ?? Least, 1) : 1));

/// <summary>What an <see cref="AssertionNode"/> demands of its place.</summary>
internal enum Assertion
{
    TextBegins,
    LineBegins,
    TextEnds,
    LineEnds,

    /// <summary>A character of <c>[0-9A-Za-z_]</c> is on one side only.</summary>
    WordBoundary,
    NoWordBoundary,
}
