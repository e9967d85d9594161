using System.ComponentModel;
using ModelContextProtocol.Server;

namespace OrleansMcp.Benchmarks.Stock;

/// <summary>The one tool of <see cref="StockServer"/>, the same as the demo's.</summary>
[McpServerToolType]
internal sealed class StockTools
{
    [McpServerTool(Name = "echo", ReadOnly = true, Idempotent = true)]
    [Description("Returns the text it is given.")]
    public static string Echo([Description("Any text.")] string text) => text;
}
