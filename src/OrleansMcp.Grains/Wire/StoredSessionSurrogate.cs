using OrleansMcp.Sessions.State;

namespace OrleansMcp.Grains.Wire;

/// <summary>Session state for grain storages that use Orleans' own serializer. The receipt is not stored.</summary>
[GenerateSerializer, Alias("orleansmcp.stored")]
internal struct StoredSessionSurrogate
{
    [Id(0)] public byte[] Record;
    [Id(1)] public long Epoch;
    [Id(2)] public bool IsAsleep;
    [Id(3)] public string Tenant;
    [Id(4)] public string Client;
    [Id(5)] public DateTimeOffset DueAt;
    [Id(6)] public long StateBytes;
}

[RegisterConverter]
internal sealed class StoredSessionConverter : IConverter<StoredSession, StoredSessionSurrogate>
{
    public StoredSession ConvertFromSurrogate(in StoredSessionSurrogate surrogate) => new()
    {
        Record = surrogate.Record, Epoch = surrogate.Epoch, IsAsleep = surrogate.IsAsleep, Tenant = surrogate.Tenant, Client = surrogate.Client,
        DueAt = surrogate.DueAt, StateBytes = surrogate.StateBytes,
    };

    public StoredSessionSurrogate ConvertToSurrogate(in StoredSession value) => new()
    {
        Record = value.Record, Epoch = value.Epoch, IsAsleep = value.IsAsleep, Tenant = value.Tenant, Client = value.Client, DueAt = value.DueAt,
        StateBytes = value.StateBytes,
    };
}
