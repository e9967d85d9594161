using Microsoft.Extensions.Time.Testing;
using OrleansMcp.Secrets;
using OrleansMcp.Upstreams;

namespace OrleansMcp.Tests.Upstreams.Credentials;

/// <summary>The vault of a session, as its connections see it.</summary>
internal sealed class FakeSecrets(FakeTimeProvider? time = null) : IUpstreamSecrets
{
    private static readonly SecretLimits s_limits = new(Count: 10, Bytes: 64 * 1024);

    private readonly SecretVault _vault = new();

    /// <summary>What was kept, in its buffers.</summary>
    public List<(string Name, byte[] Secret, TimeSpan Lifetime)> Kept { get; } = [];

    public FakeSecrets With(string name, ReadOnlySpan<byte> secret)
    {
        var bytes = SecretBuffer.Allocate(secret.Length);
        secret.CopyTo(bytes);
        _vault.Put(name, bytes, s_limits);
        return this;
    }

    public int Close() => _vault.Close();

    public bool Has(string name) => _vault.Has(name);

    public TResult Use<TState, TResult>(string name, TState state, Func<ReadOnlySpan<byte>, TState, TResult> read)
        where TState : allows ref struct => _vault.Use(name, state, read);

    public void Keep(string name, byte[] secret, TimeSpan lifetime)
    {
        Kept.Add((name, secret, lifetime));
        _vault.PutReferenced(name, secret, lifetime, time ?? TimeProvider.System);
    }

    public void Forget(string name) => _vault.Remove(name);
}
