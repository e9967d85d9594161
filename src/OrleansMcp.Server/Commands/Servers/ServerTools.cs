using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace OrleansMcp.Server.Commands.Servers;

/// <summary>The tools of another server, as <c>/ops</c> lists them.</summary>
internal sealed record ServerTools(IReadOnlyList<ServerTool> Tools)
{
    /// <summary>The definitions that wait to be approved.</summary>
    public IReadOnlyList<ToolDigest> Waiting => [.. Tools.Where(static tool => tool.Candidate is not null).Select(static tool => new ToolDigest(tool.Tool, tool.Candidate!.Digest))];
}

/// <summary>A page of them.</summary>
internal sealed record ToolPage(IReadOnlyList<ServerTool> Tools, string? Next = null);

/// <summary>A tool, with the definition that is approved and the one that was seen last.</summary>
internal sealed record ServerTool(string Tool, string State, ServerDefinition? Approved = null, ServerDefinition? Pending = null)
{
    /// <summary>The definition that waits; null when none does. It is the approved one where a first use does not count any more.</summary>
    public ServerDefinition? Candidate => State == "approved" ? null : Pending ?? Approved;
}

/// <summary>A definition: JSON, or its beginning.</summary>
internal sealed record ServerDefinition(
    string Original, string Digest, string Definition, bool Cut, int Bytes, Approver? By = null, DateTimeOffset? ApprovedAt = null, DateTimeOffset? SeenAt = null);

/// <summary>Who approved it.</summary>
internal sealed record Approver(string? Operator = null, string? Client = null, string? Subject = null);

/// <summary>A definition that was looked at.</summary>
internal sealed record ToolDigest(string Tool, string Digest)
{
    /// <summary>Tells these definitions from any others.</summary>
    public static string OfAll(IEnumerable<ToolDigest> tools)
    {
        var lines = tools.Select(static one => $"{one.Tool}={one.Digest}\n").Order(StringComparer.Ordinal);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Concat(lines))));
    }
}

/// <summary>What is asked to be approved.</summary>
internal sealed record ApprovalAsk(IReadOnlyList<ToolDigest> Tools);

/// <summary>What was approved.</summary>
internal sealed record ApprovalAnswer(IReadOnlyList<string> Approved);

/// <summary>What was forgotten.</summary>
internal sealed record ForgetAnswer(IReadOnlyList<string> Forgotten);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, RespectRequiredConstructorParameters = true, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(ToolPage))]
[JsonSerializable(typeof(ApprovalAsk))]
[JsonSerializable(typeof(ApprovalAnswer))]
[JsonSerializable(typeof(ForgetAnswer))]
internal sealed partial class ServerToolsJson : JsonSerializerContext;
