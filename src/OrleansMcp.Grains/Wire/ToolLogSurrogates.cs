using OrleansMcp.ToolLogs;

namespace OrleansMcp.Grains.Wire;

// Surrogates of the tool log. The numbers below are the wire format and never change.

[GenerateSerializer, Alias("mcp.toollog.entry")]
internal struct ToolLogEntrySurrogate
{
    [Id(0)] public DateTimeOffset At;
    [Id(1)] public string Client;
    [Id(2)] public string Session;
    [Id(3)] public string Tool;
    [Id(4)] public string Outcome;
    [Id(5)] public int ArgumentBytes;
    [Id(6)] public int ResultBytes;
    [Id(7)] public TimeSpan Duration;
    [Id(8)] public string Arguments;
}

[RegisterConverter]
internal sealed class ToolLogEntryConverter : IConverter<ToolLogEntry, ToolLogEntrySurrogate>
{
    public ToolLogEntry ConvertFromSurrogate(in ToolLogEntrySurrogate surrogate) => new(
        surrogate.At, surrogate.Client, surrogate.Session, surrogate.Tool, surrogate.Outcome, surrogate.ArgumentBytes, surrogate.ResultBytes,
        surrogate.Duration, surrogate.Arguments);

    public ToolLogEntrySurrogate ConvertToSurrogate(in ToolLogEntry value) => new()
    {
        At = value.At, Client = value.Client, Session = value.Session, Tool = value.Tool, Outcome = value.Outcome,
        ArgumentBytes = value.ArgumentBytes, ResultBytes = value.ResultBytes, Duration = value.Duration, Arguments = value.Arguments,
    };
}

[GenerateSerializer, Alias("mcp.toollog.query")]
internal struct ToolLogQuerySurrogate
{
    [Id(0)] public string Tenant;
    [Id(1)] public string Reader;
    [Id(2)] public string[] Permissions;
    [Id(3)] public string? Tool;
    [Id(4)] public string? Outcome;
    [Id(5)] public DateTimeOffset? Since;
    [Id(6)] public int Limit;
}

[RegisterConverter]
internal sealed class ToolLogQueryConverter : IConverter<ToolLogQuery, ToolLogQuerySurrogate>
{
    public ToolLogQuery ConvertFromSurrogate(in ToolLogQuerySurrogate surrogate) => new(
        surrogate.Tenant, surrogate.Reader, surrogate.Permissions,
        new ToolLogFilter { Tool = surrogate.Tool, Outcome = surrogate.Outcome, Since = surrogate.Since, Limit = surrogate.Limit });

    public ToolLogQuerySurrogate ConvertToSurrogate(in ToolLogQuery value) => new()
    {
        Tenant = value.Tenant, Reader = value.Reader, Permissions = [.. value.Permissions], Tool = value.Filter.Tool,
        Outcome = value.Filter.Outcome, Since = value.Filter.Since, Limit = value.Filter.Limit,
    };
}
