namespace OrleansMcp.Hosting.Settings;

/// <summary>One setting of the process. It is called alike on the command line and in the environment.</summary>
/// <param name="Name">Lower-case words with hyphens between them.</param>
/// <param name="Description">What a person reads who asks for help.</param>
internal sealed record Setting(string Name, string Description)
{
    /// <summary>What the names of environment variables begin with.</summary>
    public const string Prefix = "ORLEANSMCP_";

    public string Option => "--" + Name;

    public string Variable { get; } = Prefix + Name.Replace('-', '_').ToUpperInvariant();

    /// <summary>What is wrong with it, in the words of all. <paramref name="what"/> must not repeat a value that may be secret.</summary>
    public string Wrong(string what) => $"{Name}: {what} ({Option} or {Variable})";
}
