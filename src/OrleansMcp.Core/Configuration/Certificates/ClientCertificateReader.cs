using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using YamlDotNet.RepresentationModel;

namespace OrleansMcp.Configuration.Certificates;

/// <summary>The schema of the section <c>clientCertificates</c>, and of the list <c>certificates</c> of a client.</summary>
internal sealed class ClientCertificateReader(YamlErrors errors, SourceFiles files)
{
    private const string PemBegin = "-----BEGIN";
    private const string OneOf = "needs one of the keys sha256, subject, dns and uri.";

    private readonly Dictionary<CertificateMatch, string> _owners = [];

    public ClientCertificateConfiguration Read(YamlSection root)
    {
        if (root.Section("clientCertificates") is not { } section)
        {
            return new ClientCertificateConfiguration();
        }

        var mode = section.Text("mode", text => ModeOf(text) is not null, "must be ignore, accept or require.");
        var configuration = new ClientCertificateConfiguration
        {
            Mode = ModeOf(mode ?? "") ?? ClientCertificateMode.Ignore,
            Authorities = [.. section.Items("authorities").SelectMany(item => ReadAuthorities(item.Node, item.Path))],
        };
        section.RejectUnknown();
        if (configuration.Mode != ClientCertificateMode.Ignore && !section.Items("authorities").Any())
        {
            errors.Add(section.Node, section.PathOf("authorities"), "at least one authority is needed: nobody else's certificates are accepted.");
        }

        return configuration;
    }

    /// <summary>The certificates of a client.</summary>
    public IReadOnlyList<CertificateMatch> ReadOf(YamlSection client)
    {
        List<CertificateMatch> matches = [];
        foreach (var (node, path) in client.Items("certificates"))
        {
            if (YamlSection.Of(node, path, errors) is not { } section || ReadMatch(section, path) is not { } match)
            {
                continue;
            }

            if (_owners.TryAdd(match, path))
            {
                matches.Add(match);
            }
            else
            {
                errors.Add(node, path, $"is {_owners[match]} already; a certificate names one client.");
            }
        }

        return matches;
    }

    private CertificateMatch? ReadMatch(YamlSection section, string path)
    {
        CertificateMatch?[] found =
        [
            Match(section, CertificateTrait.Sha256, "sha256", Thumbprint, "must be the SHA-256 of the certificate (DER), 64 hexadecimal digits, with or without colons."),
            Match(section, CertificateTrait.Subject, "subject", DistinguishedName.Parse, "must be a distinguished name such as CN=alice, O=Example, the most specific part first."),
            Match(section, CertificateTrait.Dns, "dns", DnsName, "must be a DNS name without a wildcard."),
            Match(section, CertificateTrait.Uri, "uri", UriName, "must be an absolute URI such as spiffe://example.com/agent."),
        ];
        section.RejectUnknown();
        var given = new[] { "sha256", "subject", "dns", "uri" }.Count(section.Has);
        if (given != 1)
        {
            errors.Add(section.Node, path, OneOf);
        }

        return given == 1 ? found.FirstOrDefault(match => match is not null) : null;
    }

    private static CertificateMatch? Match(YamlSection section, CertificateTrait trait, string key, Func<string, string?> canonical, string otherwise) =>
        section.Text(key, text => canonical(text) is not null, otherwise) is { } text ? new CertificateMatch(trait, canonical(text)!) : null;

    private IReadOnlyList<ReadOnlyMemory<byte>> ReadAuthorities(YamlNode node, string path)
    {
        if (node is not YamlScalarNode { Value: { Length: > 0 } given })
        {
            errors.Add(node, path, "must be certificates in PEM, or a file of them, relative to this one.");
            return [];
        }

        var isInPlace = given.Contains(PemBegin, StringComparison.Ordinal); // as where one file is all that a host is given
        try
        {
            var read = new X509Certificate2Collection();
            read.ImportFromPem(isInPlace ? given : files.Read(Path.Combine(Path.GetDirectoryName(errors.File) ?? "", given)));
            return Usable(read, node, path);
        }
        catch (ConfigurationException e)
        {
            errors.Include(e.Errors);
        }
        catch (CryptographicException)
        {
            errors.Add(node, path, isInPlace ? "does not hold certificates in PEM." : $"'{given}' does not hold certificates in PEM.");
        }

        return [];
    }

    private IReadOnlyList<ReadOnlyMemory<byte>> Usable(X509Certificate2Collection read, YamlNode node, string path)
    {
        if (read.Count == 0 || !read.All(IsAuthority))
        {
            errors.Add(node, path, "must hold certificates of authorities (CA:TRUE) in PEM, and nothing else.");
        }
        else if (!read.Any(one => one.SubjectName.RawData.AsSpan().SequenceEqual(one.IssuerName.RawData)))
        {
            errors.Add(node, path, "must hold a root, which every chain of certificates ends with; intermediate ones may come with it.");
        }

        return [.. read.Select(one => (ReadOnlyMemory<byte>)one.RawData)];
    }

    private static bool IsAuthority(X509Certificate2 certificate) =>
        certificate.Extensions.OfType<X509BasicConstraintsExtension>().SingleOrDefault() is { CertificateAuthority: true };

    private static ClientCertificateMode? ModeOf(string text) => text switch
    {
        "ignore" => ClientCertificateMode.Ignore,
        "accept" => ClientCertificateMode.Accept,
        "require" => ClientCertificateMode.Require,
        _ => null,
    };

    private static string? Thumbprint(string text)
    {
        var digits = text.Length == 95 && text.Split(':').All(pair => pair.Length == 2) ? text.Replace(":", "", StringComparison.Ordinal) : text;
        return ConfigurationReader.IsHash(digits) ? digits.ToLowerInvariant() : null;
    }

    private static string? DnsName(string text) => System.Uri.CheckHostName(text) == UriHostNameType.Dns && text.All(char.IsAscii) ? text.ToLowerInvariant() : null;

    private static string? UriName(string text) => System.Uri.TryCreate(text, UriKind.Absolute, out _) && text.All(letter => letter is > ' ' and < '\x7f') ? text : null;
}
