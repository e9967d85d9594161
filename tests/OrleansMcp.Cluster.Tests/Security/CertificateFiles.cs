using System.Security.Cryptography.X509Certificates;
using OrleansMcp.Hosting.Settings;

namespace OrleansMcp.Cluster.Tests.Security;

/// <summary>Certificates as a process finds them: three files in a folder of their own.</summary>
internal sealed class CertificateFiles : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("orleansmcp-tls-").FullName;

    public CertificateFiles(X509Certificate2 certificate, string authority)
    {
        using var key = certificate.GetECDsaPrivateKey()!;
        File.WriteAllText(Certificate, certificate.ExportCertificatePem());
        File.WriteAllText(Key, key.ExportPkcs8PrivateKeyPem());
        File.WriteAllText(Authority, authority);
    }

    public string Certificate => Path.Combine(_folder, "tls.crt");

    public string Key => Path.Combine(_folder, "tls.key");

    public string Authority => Path.Combine(_folder, "ca.crt");

    public TlsSettings Settings => new(Certificate, Key, Authority, Security.Authority.Name);

    /// <summary>What a process is told.</summary>
    public string[] Arguments => ["--tls-certificate", Certificate, "--tls-key", Key, "--tls-authority", Authority];

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
