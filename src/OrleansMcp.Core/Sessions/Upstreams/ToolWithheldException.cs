namespace OrleansMcp.Sessions.Upstreams;

/// <summary>A tool of another server is not offered, because nobody has approved its definition.</summary>
/// <param name="tool">What it is called here.</param>
/// <param name="reason">The rest of a sentence that begins with the tool.</param>
internal sealed class ToolWithheldException(string tool, string reason) : Exception($"The tool '{tool}' {reason}")
{
    /// <summary>The code of the refusal.</summary>
    public const string Code = "tool_withheld";
}
