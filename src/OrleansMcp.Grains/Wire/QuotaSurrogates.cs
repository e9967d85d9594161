using OrleansMcp.Quotas;
using OrleansMcp.Sessions;

namespace OrleansMcp.Grains.Wire;

// Surrogates of leases. The numbers below are the wire format and never change.

[GenerateSerializer, Alias("mcp.amount")]
internal struct QuotaAmountSurrogate
{
    [Id(0)] public Quota Quota;
    [Id(1)] public long Amount;
    [Id(2)] public long Hint;
}

[GenerateSerializer, Alias("mcp.quotarefusal")]
internal struct QuotaRefusalSurrogate
{
    [Id(0)] public Quota Quota;
    [Id(1)] public QuotaScope Scope;
    [Id(2)] public int RetryAfterSeconds;
}

[RegisterConverter]
internal sealed class QuotaRefusalConverter : IConverter<QuotaRefusal, QuotaRefusalSurrogate>
{
    public QuotaRefusal ConvertFromSurrogate(in QuotaRefusalSurrogate surrogate) => new(surrogate.Quota, surrogate.Scope, surrogate.RetryAfterSeconds);

    public QuotaRefusalSurrogate ConvertToSurrogate(in QuotaRefusal value) => new()
    {
        Quota = value.Quota, Scope = value.Scope, RetryAfterSeconds = value.RetryAfterSeconds,
    };
}

[GenerateSerializer, Alias("mcp.quotarequest")]
internal struct QuotaRequestSurrogate
{
    [Id(0)] public string Client;
    [Id(1)] public SessionKey Session;
    [Id(2)] public QuotaAmountSurrogate[] Wanted;
    [Id(3)] public QuotaAmountSurrogate[] Owed;
    [Id(4)] public int Slots;
    [Id(5)] public int SlotsInUse;
    [Id(6)] public long StateBytes;
    [Id(7)] public long Sequence;
}

[RegisterConverter]
internal sealed class QuotaRequestConverter : IConverter<QuotaRequest, QuotaRequestSurrogate>
{
    public QuotaRequest ConvertFromSurrogate(in QuotaRequestSurrogate surrogate) => new(surrogate.Client, surrogate.Session)
    {
        Wanted = [.. surrogate.Wanted.Select(wish => new QuotaWish(wish.Quota, wish.Amount, wish.Hint))],
        Owed = [.. surrogate.Owed.Select(owed => new QuotaAmount(owed.Quota, owed.Amount))],
        Slots = surrogate.Slots, SlotsInUse = surrogate.SlotsInUse, StateBytes = surrogate.StateBytes, Sequence = surrogate.Sequence,
    };

    public QuotaRequestSurrogate ConvertToSurrogate(in QuotaRequest value) => new()
    {
        Client = value.Client, Session = value.Session,
        Wanted = [.. value.Wanted.Select(wish => new QuotaAmountSurrogate { Quota = wish.Quota, Amount = wish.Need, Hint = wish.Hint })],
        Owed = [.. value.Owed.Select(owed => new QuotaAmountSurrogate { Quota = owed.Quota, Amount = owed.Amount })],
        Slots = value.Slots, SlotsInUse = value.SlotsInUse, StateBytes = value.StateBytes, Sequence = value.Sequence,
    };
}

[GenerateSerializer, Alias("mcp.lease")]
internal struct QuotaLeaseSurrogate
{
    [Id(0)] public DateTimeOffset Until;
    [Id(1)] public QuotaAmountSurrogate[] Granted;
    [Id(2)] public int Slots;
    [Id(3)] public DateTimeOffset SlotsUntil;
    [Id(4)] public int SlotsToKeep;
    [Id(5)] public long SessionSlots;
    [Id(6)] public QuotaRefusal? Refusal;
    [Id(7)] public bool IsUnavailable;
    [Id(8)] public bool HasCharged;
}

[RegisterConverter]
internal sealed class QuotaLeaseConverter : IConverter<QuotaLease, QuotaLeaseSurrogate>
{
    public QuotaLease ConvertFromSurrogate(in QuotaLeaseSurrogate surrogate) => new(surrogate.Until)
    {
        Granted = [.. surrogate.Granted.Select(granted => new QuotaAmount(granted.Quota, granted.Amount))],
        Slots = surrogate.Slots, SlotsUntil = surrogate.SlotsUntil, SlotsToKeep = surrogate.SlotsToKeep, SessionSlots = surrogate.SessionSlots,
        Refusal = surrogate.Refusal, IsUnavailable = surrogate.IsUnavailable, HasCharged = surrogate.HasCharged,
    };

    public QuotaLeaseSurrogate ConvertToSurrogate(in QuotaLease value) => new()
    {
        Until = value.Until,
        Granted = [.. value.Granted.Select(granted => new QuotaAmountSurrogate { Quota = granted.Quota, Amount = granted.Amount })],
        Slots = value.Slots, SlotsUntil = value.SlotsUntil, SlotsToKeep = value.SlotsToKeep, SessionSlots = value.SessionSlots,
        Refusal = value.Refusal, IsUnavailable = value.IsUnavailable, HasCharged = value.HasCharged,
    };
}

[GenerateSerializer, Alias("mcp.quotaleft")]
internal struct QuotaLeftSurrogate
{
    [Id(0)] public string Name;
    [Id(1)] public QuotaScope Scope;
    [Id(2)] public long Limit;
    [Id(3)] public long Left;
    [Id(4)] public DateTimeOffset? ResetsAt;
}

[RegisterConverter]
internal sealed class QuotaLeftConverter : IConverter<QuotaLeft, QuotaLeftSurrogate>
{
    public QuotaLeft ConvertFromSurrogate(in QuotaLeftSurrogate surrogate) =>
        new(surrogate.Name, surrogate.Scope, surrogate.Limit, surrogate.Left, surrogate.ResetsAt);

    public QuotaLeftSurrogate ConvertToSurrogate(in QuotaLeft value) => new()
    {
        Name = value.Name, Scope = value.Scope, Limit = value.Limit, Left = value.Left, ResetsAt = value.ResetsAt,
    };
}

[GenerateSerializer, Alias("mcp.statecharge")]
internal struct StateChargeSurrogate
{
    [Id(0)] public long Bytes;
    [Id(1)] public QuotaRefusal? Refusal;
}

[RegisterConverter]
internal sealed class StateChargeConverter : IConverter<StateCharge, StateChargeSurrogate>
{
    public StateCharge ConvertFromSurrogate(in StateChargeSurrogate surrogate) => new(surrogate.Bytes, surrogate.Refusal);

    public StateChargeSurrogate ConvertToSurrogate(in StateCharge value) => new() { Bytes = value.Bytes, Refusal = value.Refusal };
}
