using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using OrleansMcp.Configuration;
using OrleansMcp.Configuration.Certificates;
using OrleansMcp.Sessions;
using OrleansMcp.Signals;

namespace OrleansMcp.Http.Admission.Callers.Certificates;

/// <summary>
/// Who sent a request, from its certificate and its other credential: either names the client, both must name the same one. The key of
/// the certificate is part of the identity: a session that was opened with it is continued with it. Where certificates are ignored, this
/// looks at nothing.
/// </summary>
internal sealed class CertifiedCallers(
    ICallerAuthenticator credentials, IConfigurationSource configuration, ISignals signals, TimeProvider time, ILogger<CertifiedCallers> logger)
{
    private volatile CertificateTrust? _trust;

    public ValueTask<AuthenticationOutcome> AuthenticateAsync(HttpContext context)
    {
        var current = configuration.Current;
        var mode = current.ClientCertificates.Mode;
        return mode == ClientCertificateMode.Ignore ? credentials.AuthenticateAsync(context)
            : Shown(context, current) is { } shown ? AuthenticateAsync(context, shown)
            : mode == ClientCertificateMode.Accept ? credentials.AuthenticateAsync(context)
            : new(Refusal.NoCertificate);
    }

    private async ValueTask<AuthenticationOutcome> AuthenticateAsync(HttpContext context, AuthenticationOutcome shown)
    {
        if (shown.Caller is not { } holder || !BearerCredential.IsPresented(context.Request))
        {
            return shown;
        }

        var outcome = await credentials.AuthenticateAsync(context);
        return outcome.Caller is not { } caller ? outcome
            : caller.Tenant == holder.Tenant && caller.Client == holder.Client ? caller with { KeyThumbprint = holder.KeyThumbprint }
            : Refuse(holder, caller);
    }

    /// <summary>What the certificate of the request amounts to; null when there is none.</summary>
    private AuthenticationOutcome? Shown(HttpContext context, ServerConfiguration current)
    {
        if (!context.Request.Headers.TryGetValue(ForwardedCertificate.Header, out var header) || (header.Count == 1 && string.IsNullOrEmpty(header[0])))
        {
            return null;
        }

        return header.Count == 1 && ForwardedCertificate.TryParse(header[0]!, out var certificate)
            ? Trust(current).Judge(certificate)
            : Refusal.MalformedCertificate;
    }

    // The one who can prove a key of its own is the one who tries; whose other credential it has is the victim.
    private Refusal Refuse(Caller holder, Caller caller)
    {
        signals.Raise(new Signal(
            SignalName.CredentialMismatch, holder, SessionOwner.Of(caller), "another client's credential with a certificate of its own"));
        return Refusal.InvalidCredential;
    }

    private CertificateTrust Trust(ServerConfiguration current)
    {
        var trust = _trust;
        return trust is not null && ReferenceEquals(trust.Source, current) ? trust : _trust = new CertificateTrust(current, time, logger);
    }
}
