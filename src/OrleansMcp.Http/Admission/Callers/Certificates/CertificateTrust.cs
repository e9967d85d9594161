using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;
using OrleansMcp.Configuration;
using OrleansMcp.Configuration.Certificates;
using OrleansMcp.Sessions;

namespace OrleansMcp.Http.Admission.Callers.Certificates;

/// <summary>
/// Maps certificates to clients under one configuration. The chain must end at one of the configured authorities, not at one that the
/// machine trusts; all of it must be valid now, and the certificate must be for client authentication. No network requests are made, so
/// revocation is not checked. A verified certificate is cached until its chain expires; finding it costs one hash.
/// </summary>
/// <remarks>Why not the handler of ASP.NET: <c>docs/decisions/0010</c>.</remarks>
internal sealed partial class CertificateTrust
{
    /// <summary>Only certificates that the authorities issued are cached, one or a few a client.</summary>
    private const int MostKept = 4096;

    private const int MostIntermediates = 8;

    private readonly ConcurrentDictionary<(UInt128, UInt128), Judged> _judged = new();
    private readonly X509Certificate2Collection _authorities = [];
    private readonly Dictionary<CertificateMatch, Caller> _clients;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly int _mostKept;

    public CertificateTrust(ServerConfiguration source, TimeProvider time, ILogger logger, int mostKept = MostKept)
    {
        (Source, _time, _logger, _mostKept) = (source, time, logger, mostKept);
        foreach (var authority in source.ClientCertificates.Authorities)
        {
            _authorities.Add(X509CertificateLoader.LoadCertificate(authority.Span));
        }

        _clients = (
            from tenant in source.Tenants.Values
            from client in tenant.Clients.Values
            from match in client.Certificates
            select (match, new Caller(tenant.Id, client.Id, client.Id) { Scopes = client.Scopes })).ToDictionary();
    }

    public ServerConfiguration Source { get; }

    /// <summary>The number of cached certificates.</summary>
    internal int Kept => _judged.Count;

    /// <summary>The client, with the thumbprint of its key, or the refusal.</summary>
    public AuthenticationOutcome Judge(ForwardedCertificate forwarded)
    {
        var now = _time.GetUtcNow();
        var hash = Hash(forwarded.Leaf);
        if (_judged.TryGetValue(hash, out var judged) && judged.From <= now && now < judged.Until)
        {
            return judged.Caller;
        }

        if (ForwardedCertificate.ReadAll(forwarded.Chain, MostIntermediates) is not { } chain)
        {
            return Refusal.MalformedCertificate;
        }

        X509Certificate2Collection between = [];
        try
        {
            using var leaf = X509CertificateLoader.LoadCertificate(forwarded.Leaf);
            chain.ForEach(one => between.Add(X509CertificateLoader.LoadCertificate(one)));
            return Judge(leaf, between, now) is { } good ? Keep(hash, good).Caller : Refusal.InvalidCertificate;
        }
        catch (CryptographicException)
        {
            return Refusal.MalformedCertificate;
        }
        finally
        {
            Dispose(between);
        }
    }

    private Judged? Judge(X509Certificate2 leaf, X509Certificate2Collection between, DateTimeOffset now)
    {
        using var chain = new X509Chain { ChainPolicy = Policy(between, now) };
        try
        {
            var problem = !CertificateTraits.IsForClients(leaf) ? "it is not made for clients"
                : !chain.Build(leaf) ? string.Join(", ", chain.ChainStatus.Select(status => status.Status).Distinct())
                : null;
            var named = problem is null ? Named(leaf) : [];
            problem ??= named.Count switch { 0 => "it names no registered client", 1 => null, _ => "it names several clients" };
            if (problem is not null)
            {
                LogRefused(_logger, leaf.GetCertHashString(HashAlgorithmName.SHA256), problem);
                return null;
            }

            var all = chain.ChainElements.Select(element => element.Certificate).ToList();
            return new Judged(
                named[0] with { KeyThumbprint = CertificateTraits.KeyThumbprint(leaf) },
                all.Max(one => new DateTimeOffset(one.NotBefore)), all.Min(one => new DateTimeOffset(one.NotAfter)));
        }
        finally
        {
            foreach (var element in chain.ChainElements)
            {
                element.Certificate.Dispose();
            }
        }
    }

    private X509ChainPolicy Policy(X509Certificate2Collection between, DateTimeOffset now)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true, // an unverified certificate must not make this process send requests to a URL in it
            VerificationTime = now.UtcDateTime,
        };
        policy.ApplicationPolicy.Add(new Oid(CertificateTraits.ClientAuthentication));
        policy.CustomTrustStore.AddRange(_authorities);
        policy.ExtraStore.AddRange(between);
        return policy;
    }

    private List<Caller> Named(X509Certificate2 leaf) =>
        [.. CertificateTraits.Of(leaf).Select(_clients.GetValueOrDefault).OfType<Caller>().DistinctBy(caller => (caller.Tenant, caller.Client))];

    private Judged Keep((UInt128, UInt128) hash, Judged judged)
    {
        if (_judged.Count >= _mostKept)
        {
            _judged.Clear(); // each is verified again when it is presented again
        }

        return _judged[hash] = judged;
    }

    private static (UInt128, UInt128) Hash(byte[] leaf)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(leaf, hash);
        return (System.Buffers.Binary.BinaryPrimitives.ReadUInt128LittleEndian(hash), System.Buffers.Binary.BinaryPrimitives.ReadUInt128LittleEndian(hash[16..]));
    }

    private static void Dispose(X509Certificate2Collection certificates)
    {
        foreach (var certificate in certificates)
        {
            certificate.Dispose();
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "The client certificate {Sha256} is refused: {Problem}.")]
    private static partial void LogRefused(ILogger logger, string sha256, string problem);

    private sealed record Judged(Caller Caller, DateTimeOffset From, DateTimeOffset Until);
}
