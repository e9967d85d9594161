using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Orleans.Connections.Security;
using OrleansMcp.Hosting.Settings;

namespace OrleansMcp.Hosting.Security;

/// <summary>
/// Mutual TLS between the processes of a cluster. Trusts one authority and nothing else, the machine's roots least of all; both ends show a
/// certificate, and it must carry the cluster's name.
/// </summary>
internal sealed class ClusterTls
{
    private readonly X509Certificate2 _own;
    private readonly X509Certificate2Collection _authorities;
    private readonly string _name;

    /// <exception cref="SettingsException">A file holds no certificate or no fitting key, or the cluster would refuse the certificate.</exception>
    public ClusterTls(TlsSettings settings)
    {
        _name = settings.Name;
        _own = Load(KnownSettings.TlsCertificate, () => X509Certificate2.CreateFromPemFile(settings.CertificateFile, settings.KeyFile));
        _authorities = Load(KnownSettings.TlsAuthority, () => LoadAuthorities(settings.AuthorityFile));
        if (!IsTrusted(_own))
        {
            throw Unusable(KnownSettings.TlsCertificate, $"the cluster would refuse it: it must be valid now, issued by tls-authority, and for the name {_name}");
        }
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
        using var chain = new X509Chain { ChainPolicy = Policy() };
        return chain.Build(certificate) && certificate.MatchesHostname(_name, allowWildcards: false, allowCommonName: false);
    }

    private X509ChainPolicy Policy()
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck, // a private authority of short-lived certificates publishes no list
            DisableCertificateDownloads = true, // a stranger's certificate must not choose what this process asks the network for
        };
        policy.CustomTrustStore.AddRange(_authorities);
        return policy;
    }

    private static X509Certificate2Collection LoadAuthorities(string file)
    {
        var authorities = new X509Certificate2Collection();
        authorities.ImportFromPemFile(file);
        return authorities.Count > 0 ? authorities : throw Unusable(KnownSettings.TlsAuthority, "the file holds no certificate");
    }

    private static T Load<T>(Setting setting, Func<T> load)
    {
        try
        {
            return load();
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw Unusable(setting, $"cannot be used: {e.Message}");
        }
    }

    private static SettingsException Unusable(Setting setting, string what) => new([setting.Wrong(what)]);
}
