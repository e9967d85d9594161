using System.Buffers;

namespace OrleansMcp.Tools;

/// <summary>
/// Which names tools may have: <c>^[a-zA-Z0-9_-]{1,64}$</c>. The protocol allows more (2025-11-25, tools: dots), but clients that matter refuse
/// the whole list of a server for one name that does not match.
/// </summary>
public static class ToolName
{
    /// <summary>Characters at most.</summary>
    public const int MaxLength = 64;

    private static readonly SearchValues<char> s_allowed = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-");

    /// <summary>Whether a tool may have this name.</summary>
    public static bool IsValid(ReadOnlySpan<char> name) => name.Length is > 0 and <= MaxLength && !name.ContainsAnyExcept(s_allowed);
}

/// <summary>A catalogue has a tool that no client could be offered.</summary>
/// <param name="name">The tool's name.</param>
public sealed class ToolNameException(string name) : ArgumentException(
    $"The tool '{name}' cannot be offered: a name is 1 to {ToolName.MaxLength} of the characters a-z, A-Z, 0-9, '_' and '-', because clients refuse the whole list for one that is not.");
