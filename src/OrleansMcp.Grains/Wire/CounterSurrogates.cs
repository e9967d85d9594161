using OrleansMcp.Authorization.Policies.Counters;

namespace OrleansMcp.Grains.Wire;

// Surrogates of policy counters. The numbers below are the wire format and never change.

[GenerateSerializer, Alias("mcp.counter.reservation")]
internal struct CounterReservationSurrogate
{
    [Id(0)] public Guid Id;
    [Id(1)] public CounterClaim[] Claims;
}

[RegisterConverter]
internal sealed class CounterReservationConverter : IConverter<CounterReservation, CounterReservationSurrogate>
{
    public CounterReservation ConvertFromSurrogate(in CounterReservationSurrogate surrogate) => new(surrogate.Id, surrogate.Claims);

    public CounterReservationSurrogate ConvertToSurrogate(in CounterReservation value) => new() { Id = value.Id, Claims = [.. value.Claims] };
}

[GenerateSerializer, Alias("mcp.counter.claim")]
internal struct CounterClaimSurrogate
{
    [Id(0)] public string Counter;
    [Id(1)] public CounterWindow Window;
    [Id(2)] public decimal Amount;
    [Id(3)] public CounterCheck[] Checks;
}

[RegisterConverter]
internal sealed class CounterClaimConverter : IConverter<CounterClaim, CounterClaimSurrogate>
{
    public CounterClaim ConvertFromSurrogate(in CounterClaimSurrogate surrogate) =>
        new(surrogate.Counter, surrogate.Window, surrogate.Amount, surrogate.Checks);

    public CounterClaimSurrogate ConvertToSurrogate(in CounterClaim value) => new()
    {
        Counter = value.Counter, Window = value.Window, Amount = value.Amount, Checks = [.. value.Checks],
    };
}

[GenerateSerializer, Alias("mcp.counter.check")]
internal struct CounterCheckSurrogate
{
    [Id(0)] public CounterOperator Operator;
    [Id(1)] public decimal[] Values;
}

[RegisterConverter]
internal sealed class CounterCheckConverter : IConverter<CounterCheck, CounterCheckSurrogate>
{
    public CounterCheck ConvertFromSurrogate(in CounterCheckSurrogate surrogate) => new(surrogate.Operator, surrogate.Values);

    public CounterCheckSurrogate ConvertToSurrogate(in CounterCheck value) => new() { Operator = value.Operator, Values = [.. value.Values] };
}

[GenerateSerializer, Alias("mcp.counter.grant")]
internal struct CounterGrantSurrogate
{
    [Id(0)] public int? Refused;
    [Id(1)] public int RetryAfterSeconds;
    [Id(2)] public Guid Life;
    [Id(3)] public DateTimeOffset At;
}

[RegisterConverter]
internal sealed class CounterGrantConverter : IConverter<CounterGrant, CounterGrantSurrogate>
{
    public CounterGrant ConvertFromSurrogate(in CounterGrantSurrogate surrogate) =>
        new(surrogate.Refused, surrogate.RetryAfterSeconds, surrogate.Life, surrogate.At);

    public CounterGrantSurrogate ConvertToSurrogate(in CounterGrant value) => new()
    {
        Refused = value.Refused, RetryAfterSeconds = value.RetryAfterSeconds, Life = value.Life, At = value.At,
    };
}
