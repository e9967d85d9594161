using OrleansMcp.Caching;

namespace OrleansMcp.Grains.Wire;

// Surrogates of cached results. The numbers below are the wire format and never change.

[GenerateSerializer, Alias("mcp.cache.key")]
internal struct CacheKeySurrogate
{
    [Id(0)] public string Tenant;
    [Id(1)] public string Client;
    [Id(2)] public string Subject;
    [Id(3)] public string Digest;
}

[RegisterConverter]
internal sealed class CacheKeyConverter : IConverter<CacheKey, CacheKeySurrogate>
{
    public CacheKey ConvertFromSurrogate(in CacheKeySurrogate surrogate) =>
        CacheKey.Restore(surrogate.Tenant, surrogate.Client, surrogate.Subject, surrogate.Digest);

    public CacheKeySurrogate ConvertToSurrogate(in CacheKey value) => new()
    {
        Tenant = value.Tenant, Client = value.Client, Subject = value.Subject, Digest = value.Digest,
    };
}

[GenerateSerializer, Alias("mcp.cache.output")]
internal struct CachedOutputSurrogate
{
    [Id(0)] public byte[]? Result;
    [Id(1)] public TimeSpan Age;
}

[RegisterConverter]
internal sealed class CachedOutputConverter : IConverter<CachedOutput, CachedOutputSurrogate>
{
    public CachedOutput ConvertFromSurrogate(in CachedOutputSurrogate surrogate) => new(surrogate.Result, surrogate.Age);

    public CachedOutputSurrogate ConvertToSurrogate(in CachedOutput value) => new() { Result = Bytes.Of(value.Result), Age = value.Age };
}
