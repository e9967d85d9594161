namespace OrleansMcp.Configuration.Certificates;

/// <summary>How the client certificate that an ingress forwards is used.</summary>
public enum ClientCertificateMode
{
    /// <summary>Ignored: a certificate in a request has no effect.</summary>
    Ignore,

    /// <summary>A certificate in a request must be valid, and names the client. A request without one needs another credential.</summary>
    Accept,

    /// <summary>Every request of a client needs a valid certificate.</summary>
    Require,
}

/// <summary>
/// Client certificates behind an ingress that ends TLS and passes them in <c>X-Forwarded-Client-Cert</c>. Anything but
/// <see cref="ClientCertificateMode.Ignore"/> is for servers that can be reached through such an ingress only, one that overwrites that
/// header: the possession of the certificate's key is proven there and nowhere else.
/// </summary>
public sealed record ClientCertificateConfiguration
{
    /// <summary>Default: ignore.</summary>
    public ClientCertificateMode Mode { get; init; }

    /// <summary>
    /// The certificates (DER) of the only authorities that are trusted, and intermediate ones that clients need not send. Each authority may
    /// vouch for every client.
    /// </summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Authorities { get; init; } = [];
}

/// <summary>By what a client is known in its certificate.</summary>
public enum CertificateTrait
{
    /// <summary>SHA-256 of the certificate, 64 lower-case hexadecimal digits: this one and no other.</summary>
    Sha256,

    /// <summary>The subject, as <see cref="DistinguishedName.Canonical"/> writes it.</summary>
    Subject,

    /// <summary>A DNS name among its alternative names, in lower case.</summary>
    Dns,

    /// <summary>A URI among its alternative names, such as a SPIFFE id.</summary>
    Uri,
}

/// <summary>A certificate that belongs to a client. Compared as a whole; there are no patterns.</summary>
/// <param name="Trait">What of the certificate is compared.</param>
/// <param name="Value">With what.</param>
public readonly record struct CertificateMatch(CertificateTrait Trait, string Value);
