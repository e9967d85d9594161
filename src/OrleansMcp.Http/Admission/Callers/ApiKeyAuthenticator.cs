using System.Buffers.Binary;
using System.Collections.Frozen;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using OrleansMcp.Configuration;
using OrleansMcp.Sessions;

namespace OrleansMcp.Http.Admission.Callers;

/// <summary>
/// Bearer API keys (RFC 6750, header only). The configuration holds SHA-256 hashes; a presented key is hashed and compared in constant
/// time. A bucket is found by eight bytes of the hash, which tells an attacker nothing about a key of 256 random bits.
/// </summary>
/// <param name="configuration">The registered clients.</param>
public sealed class ApiKeyAuthenticator(IConfigurationSource configuration) : ICallerAuthenticator
{
    private volatile KeyIndex? _index;

    /// <inheritdoc/>
    public ValueTask<AuthenticationOutcome> AuthenticateAsync(HttpContext context) => new(
        Find(BearerCredential.Of(context.Request)) is { } caller ? caller : Refusal.Without(BearerCredential.IsPresented(context.Request)));

    private Caller? Find(ReadOnlySpan<char> presented)
    {
        Span<byte> hash = stackalloc byte[KeyHash.Size];
        return KeyHash.TryCompute(presented, hash) ? Index().Find(hash) : null;
    }

    private KeyIndex Index()
    {
        var current = configuration.Current;
        var index = _index;
        return index is not null && ReferenceEquals(index.Source, current) ? index : _index = new KeyIndex(current);
    }

    private sealed class KeyIndex
    {
        private readonly FrozenDictionary<ulong, (byte[] Hash, Caller Caller)[]> _buckets;

        public KeyIndex(ServerConfiguration source)
        {
            Source = source;
            var keys =
                from tenant in source.Tenants.Values
                from client in tenant.Clients.Values
                from key in client.Keys
                select (Hash: key.Sha256.ToArray(), Caller: new Caller(tenant.Id, client.Id, client.Id) { Scopes = client.Scopes });
            _buckets = keys.GroupBy(key => Bucket(key.Hash)).ToFrozenDictionary(group => group.Key, group => group.ToArray());
        }

        public ServerConfiguration Source { get; }

        public Caller? Find(ReadOnlySpan<byte> hash)
        {
            Caller? found = null;
            foreach (var (known, caller) in _buckets.GetValueOrDefault(Bucket(hash)) ?? [])
            {
                if (CryptographicOperations.FixedTimeEquals(known, hash))
                {
                    found = caller;
                }
            }

            return found;
        }

        private static ulong Bucket(ReadOnlySpan<byte> hash) => BinaryPrimitives.ReadUInt64LittleEndian(hash);
    }
}
