using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using OrleansMcp.Configuration.Certificates;

namespace OrleansMcp.Http.Admission.Callers.Certificates;

/// <summary>Reads from a certificate what identifies its holder.</summary>
internal static class CertificateTraits
{
    public const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    private const string AlternativeNames = "2.5.29.17";

    // GeneralName (RFC 5280, section 4.2.1.6).
    private static readonly Asn1Tag s_dnsName = new(TagClass.ContextSpecific, 2);
    private static readonly Asn1Tag s_uri = new(TagClass.ContextSpecific, 6);

    /// <summary>All traits by which a registration can name a certificate.</summary>
    public static List<CertificateMatch> Of(X509Certificate2 certificate)
    {
        List<CertificateMatch> traits = [new(CertificateTrait.Sha256, certificate.GetCertHashString(HashAlgorithmName.SHA256).ToLowerInvariant())];
        if (DistinguishedName.Canonical(certificate.SubjectName) is { } subject)
        {
            traits.Add(new(CertificateTrait.Subject, subject));
        }

        foreach (var extension in certificate.Extensions.Where(extension => extension.Oid?.Value == AlternativeNames))
        {
            AddNames(extension.RawData, traits);
        }

        return traits;
    }

    /// <summary>
    /// Whether the certificate is for client authentication. One without extended key usages is refused, and so is one of an authority.
    /// </summary>
    public static bool IsForClients(X509Certificate2 certificate) =>
        certificate.Extensions.OfType<X509EnhancedKeyUsageExtension>()
            .Any(usage => usage.EnhancedKeyUsages.Cast<Oid>().Any(one => one.Value == ClientAuthentication))
        && !certificate.Extensions.OfType<X509BasicConstraintsExtension>().Any(constraints => constraints.CertificateAuthority);

    /// <summary>A hash of the certificate's public key. A renewed certificate of the same key has the same.</summary>
    public static string KeyThumbprint(X509Certificate2 certificate) =>
        Convert.ToHexStringLower(SHA256.HashData(certificate.PublicKey.ExportSubjectPublicKeyInfo()));

    private static void AddNames(byte[] extension, List<CertificateMatch> traits)
    {
        var before = traits.Count;
        try
        {
            var names = new AsnReader(extension, AsnEncodingRules.DER).ReadSequence();
            while (names.HasData)
            {
                var tag = names.PeekTag();
                if (tag.HasSameClassAndValue(s_dnsName))
                {
                    traits.Add(new(CertificateTrait.Dns, names.ReadCharacterString(UniversalTagNumber.IA5String, s_dnsName).ToLowerInvariant()));
                }
                else if (tag.HasSameClassAndValue(s_uri))
                {
                    traits.Add(new(CertificateTrait.Uri, names.ReadCharacterString(UniversalTagNumber.IA5String, s_uri)));
                }
                else
                {
                    names.ReadEncodedValue();
                }
            }
        }
        catch (AsnContentException)
        {
            traits.RemoveRange(before, traits.Count - before); // if one name cannot be read, none counts
        }
    }
}
