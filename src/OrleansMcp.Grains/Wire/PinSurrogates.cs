using OrleansMcp.Sessions;
using OrleansMcp.Upstreams.Pins;

namespace OrleansMcp.Grains.Wire;

// Surrogates of the approved definitions of other servers' tools. The numbers below are the wire format and never change.

[GenerateSerializer, Alias("mcp.pins.definition")]
internal struct SeenDefinitionSurrogate
{
    [Id(0)] public string Original;
    [Id(1)] public string Digest;
    [Id(2)] public string Json;
    [Id(3)] public int Bytes;
}

[RegisterConverter]
internal sealed class SeenDefinitionConverter : IConverter<SeenDefinition, SeenDefinitionSurrogate>
{
    public SeenDefinition ConvertFromSurrogate(in SeenDefinitionSurrogate surrogate) => new(surrogate.Original, surrogate.Digest, surrogate.Json, surrogate.Bytes);

    public SeenDefinitionSurrogate ConvertToSurrogate(in SeenDefinition value) => new()
    {
        Original = value.Original, Digest = value.Digest, Json = value.Json, Bytes = value.Bytes,
    };
}

[GenerateSerializer, Alias("mcp.pins.listed")]
internal struct ListedToolSurrogate
{
    [Id(0)] public string Name;
    [Id(1)] public string Digest;
    [Id(2)] public SeenDefinition? Definition;
}

[RegisterConverter]
internal sealed class ListedToolConverter : IConverter<ListedTool, ListedToolSurrogate>
{
    public ListedTool ConvertFromSurrogate(in ListedToolSurrogate surrogate) => new(surrogate.Name, surrogate.Digest, surrogate.Definition);

    public ListedToolSurrogate ConvertToSurrogate(in ListedTool value) => new() { Name = value.Name, Digest = value.Digest, Definition = value.Definition };
}

[GenerateSerializer, Alias("mcp.pins.listing")]
internal struct ToolListingSurrogate
{
    [Id(0)] public string Server;
    [Id(1)] public SessionOwner Owner;
    [Id(2)] public ListedTool[] Tools;
}

[RegisterConverter]
internal sealed class ToolListingConverter : IConverter<ToolListing, ToolListingSurrogate>
{
    public ToolListing ConvertFromSurrogate(in ToolListingSurrogate surrogate) => new(surrogate.Server, surrogate.Owner, surrogate.Tools);

    public ToolListingSurrogate ConvertToSurrogate(in ToolListing value) => new() { Server = value.Server, Owner = value.Owner, Tools = [.. value.Tools] };
}

[GenerateSerializer, Alias("mcp.pins.judgement")]
internal struct ToolJudgementSurrogate
{
    [Id(0)] public int Verdict;
    [Id(1)] public bool WantsDefinition;
}

[RegisterConverter]
internal sealed class ToolJudgementConverter : IConverter<ToolJudgement, ToolJudgementSurrogate>
{
    public ToolJudgement ConvertFromSurrogate(in ToolJudgementSurrogate surrogate) => new((ToolVerdict)surrogate.Verdict, surrogate.WantsDefinition);

    public ToolJudgementSurrogate ConvertToSurrogate(in ToolJudgement value) => new() { Verdict = (int)value.Verdict, WantsDefinition = value.WantsDefinition };
}

[GenerateSerializer, Alias("mcp.pins.approval")]
internal struct ToolApprovalSurrogate
{
    [Id(0)] public string? Operator;
    [Id(1)] public string? Client;
    [Id(2)] public string? Subject;
    [Id(3)] public DateTimeOffset At;
}

[RegisterConverter]
internal sealed class ToolApprovalConverter : IConverter<ToolApproval, ToolApprovalSurrogate>
{
    public ToolApproval ConvertFromSurrogate(in ToolApprovalSurrogate surrogate) => new(surrogate.Operator, surrogate.Client, surrogate.Subject, surrogate.At);

    public ToolApprovalSurrogate ConvertToSurrogate(in ToolApproval value) => new()
    {
        Operator = value.Operator, Client = value.Client, Subject = value.Subject, At = value.At,
    };
}

[GenerateSerializer, Alias("mcp.pins.pin")]
internal struct ToolPinSurrogate
{
    [Id(0)] public string Tool;
    [Id(1)] public SeenDefinition? Approved;
    [Id(2)] public ToolApproval? Approval;
    [Id(3)] public SeenDefinition? Pending;
    [Id(4)] public DateTimeOffset? PendingSince;
}

[RegisterConverter]
internal sealed class ToolPinConverter : IConverter<ToolPin, ToolPinSurrogate>
{
    public ToolPin ConvertFromSurrogate(in ToolPinSurrogate surrogate) =>
        new(surrogate.Tool, surrogate.Approved, surrogate.Approval, surrogate.Pending, surrogate.PendingSince);

    public ToolPinSurrogate ConvertToSurrogate(in ToolPin value) => new()
    {
        Tool = value.Tool, Approved = value.Approved, Approval = value.Approval, Pending = value.Pending, PendingSince = value.PendingSince,
    };
}

[GenerateSerializer, Alias("mcp.pins.page")]
internal struct ToolPinPageSurrogate
{
    [Id(0)] public ToolPin[] Pins;
    [Id(1)] public bool HasMore;
}

[RegisterConverter]
internal sealed class ToolPinPageConverter : IConverter<ToolPinPage, ToolPinPageSurrogate>
{
    public ToolPinPage ConvertFromSurrogate(in ToolPinPageSurrogate surrogate) => new(surrogate.Pins, surrogate.HasMore);

    public ToolPinPageSurrogate ConvertToSurrogate(in ToolPinPage value) => new() { Pins = [.. value.Pins], HasMore = value.HasMore };
}

[GenerateSerializer, Alias("mcp.pins.approved")]
internal struct ApprovedDefinitionSurrogate
{
    [Id(0)] public string Tool;
    [Id(1)] public string Digest;
}

[RegisterConverter]
internal sealed class ApprovedDefinitionConverter : IConverter<ApprovedDefinition, ApprovedDefinitionSurrogate>
{
    public ApprovedDefinition ConvertFromSurrogate(in ApprovedDefinitionSurrogate surrogate) => new(surrogate.Tool, surrogate.Digest);

    public ApprovedDefinitionSurrogate ConvertToSurrogate(in ApprovedDefinition value) => new() { Tool = value.Tool, Digest = value.Digest };
}

[GenerateSerializer, Alias("mcp.pins.change")]
internal struct ToolPinChangeSurrogate
{
    [Id(0)] public string Server;
    [Id(1)] public string Operator;
    [Id(2)] public ApprovedDefinition[] Approve;
    [Id(3)] public string[]? Forget;
}

[RegisterConverter]
internal sealed class ToolPinChangeConverter : IConverter<ToolPinChange, ToolPinChangeSurrogate>
{
    public ToolPinChange ConvertFromSurrogate(in ToolPinChangeSurrogate surrogate) => new(surrogate.Server, surrogate.Operator, surrogate.Approve, surrogate.Forget);

    public ToolPinChangeSurrogate ConvertToSurrogate(in ToolPinChange value) => new()
    {
        Server = value.Server, Operator = value.Operator, Approve = [.. value.Approve], Forget = value.Forget is { } tools ? [.. tools] : null,
    };
}

[GenerateSerializer, Alias("mcp.pins.outcome")]
internal struct ToolPinOutcomeSurrogate
{
    [Id(0)] public string[] Done;
    [Id(1)] public string[] Refused;
}

[RegisterConverter]
internal sealed class ToolPinOutcomeConverter : IConverter<ToolPinOutcome, ToolPinOutcomeSurrogate>
{
    public ToolPinOutcome ConvertFromSurrogate(in ToolPinOutcomeSurrogate surrogate) => new(surrogate.Done, surrogate.Refused);

    public ToolPinOutcomeSurrogate ConvertToSurrogate(in ToolPinOutcome value) => new() { Done = [.. value.Done], Refused = [.. value.Refused] };
}
