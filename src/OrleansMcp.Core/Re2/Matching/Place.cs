using OrleansMcp.Re2.Characters;
using OrleansMcp.Re2.Syntax;

namespace OrleansMcp.Re2.Matching;

/// <summary>What is on one side of a place in the text, as far as assertions tell it apart.</summary>
internal enum Neighbour : byte
{
    /// <summary>Nothing: the text begins or ends.</summary>
    Nothing,
    LineFeed,
    Word,
    Other,
}

/// <summary>What assertions say of a place.</summary>
internal static class Place
{
    public static Neighbour Of(int character) =>
        character == '\n' ? Neighbour.LineFeed : NamedSets.Word.Contains(character) ? Neighbour.Word : Neighbour.Other;

    /// <summary>Whether the character before a place decides the assertion.</summary>
    public static bool LooksBack(Assertion assertion) => assertion is Assertion.TextBegins or Assertion.LineBegins;

    /// <summary>Decides an assertion that looks back.</summary>
    public static bool Holds(Assertion assertion, Neighbour before) =>
        before == Neighbour.Nothing || (assertion == Assertion.LineBegins && before == Neighbour.LineFeed);

    /// <summary>Decides an assertion that does not only look back.</summary>
    public static bool Holds(Assertion assertion, Neighbour before, Neighbour after) => assertion switch
    {
        Assertion.TextEnds => after == Neighbour.Nothing,
        Assertion.LineEnds => after is Neighbour.Nothing or Neighbour.LineFeed,
        Assertion.WordBoundary => before == Neighbour.Word ^ after == Neighbour.Word,
        _ => before == Neighbour.Word == (after == Neighbour.Word),
    };
}
