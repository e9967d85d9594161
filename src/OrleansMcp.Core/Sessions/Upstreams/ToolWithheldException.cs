using OrleansMcp.Upstreams.Pins;

namespace OrleansMcp.Sessions.Upstreams;

/// <summary>A tool of another server is not offered, because nobody has approved its definition.</summary>
/// <param name="tool">What it is called here.</param>
/// <param name="why">Why not.</param>
internal sealed class ToolWithheldException(string tool, ToolWithholding why) : Exception($"The tool '{tool}' {why.Reason}")
{
    /// <summary>The code of the refusal.</summary>
    public string Code => why.Code;
}
