using OrleansMcp.Sessions;

namespace OrleansMcp.Grains.Wire;

// The numbers below are the wire format and never change.

[GenerateSerializer, Alias("mcp.owner")]
internal struct OwnerSurrogate
{
    [Id(0)] public string Tenant;
    [Id(1)] public string Client;
    [Id(2)] public string Subject;
    [Id(3)] public string? KeyThumbprint;
}

[RegisterConverter]
internal sealed class OwnerConverter : IConverter<SessionOwner, OwnerSurrogate>
{
    public SessionOwner ConvertFromSurrogate(in OwnerSurrogate surrogate) =>
        new(surrogate.Tenant, surrogate.Client, surrogate.Subject, surrogate.KeyThumbprint);

    public OwnerSurrogate ConvertToSurrogate(in SessionOwner value) => new()
    {
        Tenant = value.Tenant, Client = value.Client, Subject = value.Subject, KeyThumbprint = value.KeyThumbprint,
    };
}
