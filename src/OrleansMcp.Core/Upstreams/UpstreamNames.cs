using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using OrleansMcp.Tools;

namespace OrleansMcp.Upstreams;

/// <summary>
/// What the tools and prompts of other servers are called here: <c>SERVER__NAME</c>. Characters that no tool's name has (<see cref="ToolName"/>) become
/// <c>_</c>; a name that would be too long is cut, and ends in a hash of the whole.
/// </summary>
internal static class UpstreamNames
{
    public const string OtherThanServer = "a server's name is made of lower-case letters, digits and '-', at most 32, beginning with a letter.";

    private const string Separator = "__";
    private const int MaxServerLength = 32;
    private const int HashLength = 10;

    private static readonly SearchValues<char> s_server = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-");

    /// <summary>Whether a server may have this name. It has no <c>_</c>, so that the first separator ends it.</summary>
    public static bool IsServer(string name) =>
        name.Length is > 0 and <= MaxServerLength && char.IsAsciiLetterLower(name[0]) && !name.AsSpan().ContainsAnyExcept(s_server);

    /// <summary>The server that a name begins with; null when it can be of none.</summary>
    public static string? ServerOf(string name) =>
        name.IndexOf(Separator, StringComparison.Ordinal) is > 0 and <= MaxServerLength and var end ? name[..end] : null;

    /// <summary>What all names of a server begin with.</summary>
    public static string PrefixOf(string server) => server + Separator;

    /// <summary>What a tool or prompt is called here.</summary>
    public static string Of(string server, string name)
    {
        var fitting = Fit(name);
        return PrefixOf(server).Length + fitting.Length <= ToolName.MaxLength ? PrefixOf(server) + fitting : WithHash(server, name);
    }

    /// <summary>What it is called where <see cref="Of"/> gives the name of another one.</summary>
    public static string WithHash(string server, string name)
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)))[..HashLength];
        var room = ToolName.MaxLength - PrefixOf(server).Length - HashLength - 1;
        var fitting = Fit(name);
        return $"{PrefixOf(server)}{(fitting.Length <= room ? fitting : fitting[..room])}_{hash}";
    }

    private static string Fit(string name) =>
        string.Create(name.Length, name, static (fitting, name) =>
        {
            for (var i = 0; i < name.Length; i++)
            {
                fitting[i] = ToolName.IsValid(name.AsSpan(i, 1)) ? name[i] : '_';
            }
        });
}
