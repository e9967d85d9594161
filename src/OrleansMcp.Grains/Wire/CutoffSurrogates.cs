using OrleansMcp.Cutoffs;

namespace OrleansMcp.Grains.Wire;

// Surrogates of marks that end sessions. The numbers below are the wire format and never change.

[GenerateSerializer, Alias("mcp.cutoffscope")]
internal struct CutoffScopeSurrogate
{
    [Id(0)] public string? Client;
    [Id(1)] public string? Subject;
}

[RegisterConverter]
internal sealed class CutoffScopeConverter : IConverter<CutoffScope, CutoffScopeSurrogate>
{
    public CutoffScope ConvertFromSurrogate(in CutoffScopeSurrogate surrogate) => new(surrogate.Client, surrogate.Subject);

    public CutoffScopeSurrogate ConvertToSurrogate(in CutoffScope value) => new() { Client = value.Client, Subject = value.Subject };
}

[GenerateSerializer, Alias("mcp.cutoff")]
internal struct CutoffSurrogate
{
    [Id(0)] public CutoffScope Scope;
    [Id(1)] public DateTimeOffset Before;
    [Id(2)] public bool IsRefused;
    [Id(3)] public string Operator;
    [Id(4)] public DateTimeOffset At;
}

[RegisterConverter]
internal sealed class CutoffConverter : IConverter<Cutoff, CutoffSurrogate>
{
    public Cutoff ConvertFromSurrogate(in CutoffSurrogate surrogate) =>
        new(surrogate.Scope, surrogate.Before, surrogate.IsRefused, surrogate.Operator, surrogate.At);

    public CutoffSurrogate ConvertToSurrogate(in Cutoff value) => new()
    {
        Scope = value.Scope, Before = value.Before, IsRefused = value.IsRefused, Operator = value.Operator, At = value.At,
    };
}

[GenerateSerializer, Alias("mcp.cutoffs")]
internal struct CutoffSetSurrogate
{
    [Id(0)] public long Version;
    [Id(1)] public Cutoff[] Marks;
}

[RegisterConverter]
internal sealed class CutoffSetConverter : IConverter<CutoffSet, CutoffSetSurrogate>
{
    public CutoffSet ConvertFromSurrogate(in CutoffSetSurrogate surrogate) => new(surrogate.Version, surrogate.Marks);

    public CutoffSetSurrogate ConvertToSurrogate(in CutoffSet value) => new() { Version = value.Version, Marks = [.. value.Marks] };
}

[GenerateSerializer, Alias("mcp.cutoffchange")]
internal struct CutoffChangeSurrogate
{
    [Id(0)] public CutoffScope Scope;
    [Id(1)] public string Operator;
    [Id(2)] public bool Ends;
    [Id(3)] public bool IsRefused;
}

[RegisterConverter]
internal sealed class CutoffChangeConverter : IConverter<CutoffChange, CutoffChangeSurrogate>
{
    public CutoffChange ConvertFromSurrogate(in CutoffChangeSurrogate surrogate) =>
        new(surrogate.Scope, surrogate.Operator, surrogate.Ends, surrogate.IsRefused);

    public CutoffChangeSurrogate ConvertToSurrogate(in CutoffChange value) => new()
    {
        Scope = value.Scope, Operator = value.Operator, Ends = value.Ends, IsRefused = value.IsRefused,
    };
}

[GenerateSerializer, Alias("mcp.cutoffreceipt")]
internal struct CutoffReceiptSurrogate
{
    [Id(0)] public Cutoff? Mark;
    [Id(1)] public int Ended;
    [Id(2)] public int Unreached;
}

[RegisterConverter]
internal sealed class CutoffReceiptConverter : IConverter<CutoffReceipt, CutoffReceiptSurrogate>
{
    public CutoffReceipt ConvertFromSurrogate(in CutoffReceiptSurrogate surrogate) => new(surrogate.Mark, surrogate.Ended, surrogate.Unreached);

    public CutoffReceiptSurrogate ConvertToSurrogate(in CutoffReceipt value) => new()
    {
        Mark = value.Mark, Ended = value.Ended, Unreached = value.Unreached,
    };
}
