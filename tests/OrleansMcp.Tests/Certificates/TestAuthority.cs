using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace OrleansMcp.Tests.Certificates;

/// <summary>An authority of client certificates, made for a test: a root, or one below another.</summary>
internal sealed class TestAuthority : IDisposable
{
    public static readonly DateTimeOffset Begin = new(2025, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private const string ForClients = "1.3.6.1.5.5.7.3.2";
    private const string ForServers = "1.3.6.1.5.5.7.3.1";

    private readonly X509Certificate2 _certificate;

    public TestAuthority(string name = "Test authority", TestAuthority? above = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        if (above is null)
        {
            _certificate = request.CreateSelfSigned(Begin, Begin.AddYears(10));
        }
        else
        {
            using var issued = request.Create(above._certificate, Begin, Begin.AddYears(9), RandomNumberGenerator.GetBytes(12));
            _certificate = issued.CopyWithPrivateKey(key);
        }
    }

    public string Pem => _certificate.ExportCertificatePem();

    public X509Certificate2 Certificate => _certificate;

    /// <summary>A certificate of this authority.</summary>
    public X509Certificate2 Issue(
        string subject = "CN=alice, O=Example", ECDsa? key = null, DateTimeOffset? from = null, DateTimeOffset? to = null, bool? forClients = true,
        string? dns = null, string? uri = null, bool isAuthority = false, Uri? issuerAt = null)
    {
        using var own = key is null ? ECDsa.Create(ECCurve.NamedCurves.nistP256) : null;
        var request = Request(subject, key ?? own!, forClients, dns, uri);
        if (isAuthority)
        {
            request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        }

        if (issuerAt is not null)
        {
            request.CertificateExtensions.Add(new X509AuthorityInformationAccessExtension(ocspUris: [issuerAt.AbsoluteUri], caIssuersUris: [issuerAt.AbsoluteUri]));
        }

        return request.Create(_certificate, from ?? Begin.AddDays(1), to ?? Begin.AddYears(5), RandomNumberGenerator.GetBytes(12));
    }

    /// <summary>One that nobody vouches for.</summary>
    public static X509Certificate2 SelfSigned(string subject = "CN=alice, O=Example")
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return Request(subject, key, forClients: true, dns: null, uri: null).CreateSelfSigned(Begin, Begin.AddYears(5));
    }

    /// <summary>What an ingress makes of certificates.</summary>
    public static string Header(X509Certificate2 leaf, params X509Certificate2[] chain) =>
        $"Hash={Convert.ToHexStringLower(SHA256.HashData(leaf.RawData))};Cert=\"{Escaped(leaf)}\";Chain=\"{string.Concat(chain.Prepend(leaf).Select(Escaped))}\"";

    public static string Escaped(X509Certificate2 certificate) => Uri.EscapeDataString(certificate.ExportCertificatePem() + "\n");

    public void Dispose() => _certificate.Dispose();

    private static CertificateRequest Request(string subject, ECDsa key, bool? forClients, string? dns, string? uri)
    {
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        if (forClients is { } clients)
        {
            request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(clients ? ForClients : ForServers)], critical: false));
        }

        if (dns is not null || uri is not null)
        {
            var names = new SubjectAlternativeNameBuilder();
            names.AddEmailAddress("somebody@example.com");
            if (dns is not null)
            {
                names.AddDnsName(dns);
            }

            if (uri is not null)
            {
                names.AddUri(new Uri(uri));
            }

            request.CertificateExtensions.Add(names.Build());
        }

        return request;
    }
}
