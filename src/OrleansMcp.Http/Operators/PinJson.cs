using System.Text.Json;
using System.Text.Json.Serialization;
using OrleansMcp.Configuration.Upstreams;
using OrleansMcp.Upstreams.Pins;

namespace OrleansMcp.Http.Operators;

/// <summary>The tools of a server as operators see them.</summary>
/// <param name="Server">The server's name.</param>
/// <param name="Approve">Who approves, as the configuration says it.</param>
/// <param name="Tools">In the order of their names.</param>
/// <param name="Next">What to pass as <c>after</c> for the next page; null at the end.</param>
internal sealed record OperatedTools(string Server, string Approve, IReadOnlyList<OperatedTool> Tools, string? Next)
{
    public static OperatedTools Of(UpstreamConfiguration server, ToolPinPage page) => new(
        server.Name, server.Approval == UpstreamApproval.Operator ? "operator" : "firstUse",
        [.. page.Pins.Select(pin => OperatedTool.Of(pin, server.Approval))], page.HasMore ? page.Pins[^1].Tool : null);
}

/// <summary>A tool, as JSON.</summary>
/// <param name="Tool">What clients call it.</param>
/// <param name="State"><c>approved</c>, <c>changed</c> (another definition than the approved one was seen last), or <c>waiting</c> (for an operator).</param>
/// <param name="Approved">The approved definition.</param>
/// <param name="Pending">The one that was seen last and is not approved.</param>
internal sealed record OperatedTool(string Tool, string State, OperatedDefinition? Approved, OperatedDefinition? Pending)
{
    public static OperatedTool Of(ToolPin pin, UpstreamApproval approval) => new(
        pin.Tool, StateOf(pin, approval),
        pin.Approved is { } approved ? OperatedDefinition.Of(approved) with { By = ApprovedBy.Of(pin.Approval!), ApprovedAt = pin.Approval!.At } : null,
        pin.Pending is { } pending ? OperatedDefinition.Of(pending) with { SeenAt = pin.PendingSince } : null);

    private static string StateOf(ToolPin pin, UpstreamApproval approval) =>
        pin.Approval is null || (approval == UpstreamApproval.Operator && pin.Approval.Operator is null) ? "waiting"
        : pin.Pending is null ? "approved"
        : "changed";
}

/// <summary>A definition, as JSON.</summary>
/// <param name="Original">What the server calls the tool.</param>
/// <param name="Digest">What to approve it by.</param>
/// <param name="Definition">The definition: JSON as a text, because it may be cut.</param>
/// <param name="Cut">Whether it is the beginning only.</param>
/// <param name="Bytes">How long the whole of it is.</param>
internal sealed record OperatedDefinition(string Original, string Digest, string Definition, bool Cut, int Bytes)
{
    public ApprovedBy? By { get; init; }

    public DateTimeOffset? ApprovedAt { get; init; }

    public DateTimeOffset? SeenAt { get; init; }

    public static OperatedDefinition Of(SeenDefinition seen) => new(seen.Original, seen.Digest, seen.Json, seen.IsCut, seen.Bytes);
}

/// <summary>Who approved a definition: an operator, or the client and subject of the first use.</summary>
internal sealed record ApprovedBy(string? Operator, string? Client, string? Subject)
{
    public static ApprovedBy Of(ToolApproval approval) => new(approval.Operator, approval.Client, approval.Subject);
}

/// <summary>What an operator approves: one tool, or several.</summary>
internal sealed record ToolApprovalAsk(string? Tool = null, string? Digest = null, IReadOnlyList<ToolDigest?>? Tools = null);

/// <summary>A definition that was looked at.</summary>
internal sealed record ToolDigest(string Tool, string Digest);

/// <summary>The tools whose definitions were approved; those that were already are not among them.</summary>
internal sealed record ApprovedTools(IReadOnlyList<string> Approved);

/// <summary>The tools that are not known any more.</summary>
internal sealed record ForgottenTools(IReadOnlyList<string> Forgotten);

[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, AllowDuplicateProperties = false, PropertyNameCaseInsensitive = false)]
[JsonSerializable(typeof(ToolApprovalAsk))]
[JsonSerializable(typeof(OperatedTools))]
[JsonSerializable(typeof(ApprovedTools))]
[JsonSerializable(typeof(ForgottenTools))]
internal sealed partial class PinJson : JsonSerializerContext;
