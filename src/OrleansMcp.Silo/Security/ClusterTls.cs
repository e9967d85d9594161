using System.Security.Cryptography.X509Certificates;
using Orleans.Connections.Security;
using OrleansMcp.Silo.Settings;

namespace OrleansMcp.Silo.Security;

/// <summary>
/// Mutual TLS between the processes of a cluster. Trusts one authority and nothing else, the machine's roots least of all; both ends show a
/// certificate, and it must carry the cluster's name.
/// </summary>
internal sealed class ClusterTls
{
    private readonly X509Certificate2 _own;
    private readonly X509Certificate2Collection _authorities = [];
    private readonly string _name;

    /// <exception cref="SettingsException">A file holds no certificate or no fitting key.</exception>
    public ClusterTls(TlsSettings settings)
    {
        _name = settings.Name;
        _own = Load("tls:certificate", () => X509Certificate2.CreateFromPemFile(settings.CertificateFile, settings.KeyFile));
        Load("tls:authority", () =>
        {
            _authorities.ImportFromPemFile(settings.AuthorityFile);
            return _authorities[0];
        });
    }

    public void Configure(TlsOptions options)
    {
        options.LocalCertificate = _own;
        options.RemoteCertificateMode = RemoteCertificateMode.RequireCertificate;
        options.ClientCertificateMode = RemoteCertificateMode.RequireCertificate;
        options.RemoteCertificateValidation = (certificate, _, _) => IsTrusted(certificate);
        options.OnAuthenticateAsClient = (_, client) => client.TargetHost = _name;
    }

    /// <summary>The name is checked on both sides, also on the client's certificate, which TLS itself leaves unnamed.</summary>
    internal bool IsTrusted(X509Certificate2 certificate)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(_authorities);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck; // a private authority of short-lived certificates publishes no list
        return chain.Build(certificate) && certificate.MatchesHostname(_name, allowWildcards: false, allowCommonName: false);
    }

    private static X509Certificate2 Load(string key, Func<X509Certificate2> load)
    {
        try
        {
            return load();
        }
        catch (Exception e) when (e is System.Security.Cryptography.CryptographicException or IOException or ArgumentException)
        {
            throw new SettingsException([$"{key}: cannot be used: {e.Message}"]);
        }
    }
}
