using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace OrleansMcp.Cluster.Tests.Security;

/// <summary>An authority of certificates, made for a test.</summary>
internal sealed class Authority : IDisposable
{
    public const string Name = "orleansmcp";

    private const string AuthorityInformationAccess = "1.3.6.1.5.5.7.1.1";

    private readonly X509Certificate2 _root;

    public Authority(string name = "Test authority")
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=" + name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        var now = TimeProvider.System.GetUtcNow();
        _root = request.CreateSelfSigned(now.AddYears(-1), now.AddYears(1));
    }

    public string Pem => _root.ExportCertificatePem();

    /// <summary>A certificate of this authority, with its key.</summary>
    /// <param name="name">The DNS name it is for.</param>
    /// <param name="from">When it begins to be valid, in hours from now.</param>
    /// <param name="to">When it ends.</param>
    /// <param name="issuerAt">Where it says that its issuer's certificate can be had.</param>
    public X509Certificate2 Issue(string name = Name, double from = -1, double to = 24, Uri? issuerAt = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = Request(key, name);
        if (issuerAt is not null)
        {
            var access = new X509AuthorityInformationAccessExtension(ocspUris: null, caIssuersUris: [issuerAt.AbsoluteUri]);
            request.CertificateExtensions.Add(new X509Extension(AuthorityInformationAccess, access.RawData, critical: false));
        }

        var now = TimeProvider.System.GetUtcNow();
        using var issued = request.Create(_root, now.AddHours(from), now.AddHours(to), RandomNumberGenerator.GetBytes(12));
        return Whole(issued.CopyWithPrivateKey(key));
    }

    /// <summary>A certificate that nobody vouches for.</summary>
    public static X509Certificate2 SelfSigned()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var now = TimeProvider.System.GetUtcNow();
        return Whole(Request(key, Name).CreateSelfSigned(now.AddHours(-1), now.AddHours(1)));
    }

    public void Dispose() => _root.Dispose();

    private static CertificateRequest Request(ECDsa key, string name)
    {
        var request = new CertificateRequest("CN=a process of the cluster", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        return request;
    }

    // A key that lives only beside the certificate cannot be used by every implementation of TLS.
    private static X509Certificate2 Whole(X509Certificate2 certificate)
    {
        using (certificate)
        {
            return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), password: null, X509KeyStorageFlags.Exportable);
        }
    }
}
