using System.Text;

namespace OrleansMcp.Upstreams.Pins;

/// <summary>What is kept of a tool of another server: the definition that was approved, and the last other one that was seen.</summary>
/// <param name="Tool">What clients call it.</param>
/// <param name="Approved">The definition that was approved; null when none was.</param>
/// <param name="Approval">Who approved it; null when nobody did.</param>
/// <param name="Pending">The last other definition that a session was shown; null when none was since the approval.</param>
/// <param name="PendingSince">When it was first seen, UTC.</param>
public sealed record ToolPin(string Tool, SeenDefinition? Approved, ToolApproval? Approval, SeenDefinition? Pending, DateTimeOffset? PendingSince)
{
    /// <summary>The length of the definitions, for pages.</summary>
    internal int TextLength => (Approved?.Json.Length ?? 0) + (Pending?.Json.Length ?? 0);
}

/// <summary>The definition of a tool as its server has listed it.</summary>
/// <param name="Original">What the server calls the tool.</param>
/// <param name="Digest">SHA-256, in hexadecimal (<see cref="ToolDefinition.Digest"/>).</param>
/// <param name="Json">The definition, or its beginning.</param>
/// <param name="Bytes">How long the whole of it is, in UTF-8.</param>
public sealed record SeenDefinition(string Original, string Digest, string Json, int Bytes)
{
    /// <summary>Bytes of a definition that are kept; of a longer one, the digest stands for the rest.</summary>
    internal const int MostBytes = 32 * 1024;

    /// <summary>Whether <see cref="Json"/> is not the whole of it.</summary>
    public bool IsCut => Encoding.UTF8.GetByteCount(Json) < Bytes;

    internal static SeenDefinition Of(ToolDefinition definition)
    {
        var json = definition.Json;
        var bytes = Encoding.UTF8.GetByteCount(json);
        return new SeenDefinition(definition.Tool.Name, definition.Digest, bytes <= MostBytes ? json : Cut(json), bytes);
    }

    private static string Cut(string json)
    {
        Span<byte> beginning = new byte[MostBytes];
        Encoding.UTF8.GetEncoder().Convert(json, beginning, flush: false, out var characters, out _, out _);
        return json[..characters];
    }
}

/// <summary>Who has approved a definition: an operator, or the first session that was shown the tool.</summary>
/// <param name="Operator">The operator's id; null when it was the first use.</param>
/// <param name="Client">The client of the first use.</param>
/// <param name="Subject">Whom that client acted for.</param>
/// <param name="At">When, UTC.</param>
public sealed record ToolApproval(string? Operator, string? Client, string? Subject, DateTimeOffset At);

/// <summary>Some pins of a server, in the order of their names.</summary>
/// <param name="Pins">The pins.</param>
/// <param name="HasMore">Whether there are more behind them.</param>
public sealed record ToolPinPage(IReadOnlyList<ToolPin> Pins, bool HasMore);
