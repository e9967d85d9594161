using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using OrleansMcp.Configuration;
using OrleansMcp.Configuration.Certificates;
using OrleansMcp.Sessions;
using OrleansMcp.Signals;

namespace OrleansMcp.Http.Admission.Callers.Certificates;

/// <summary>
/// Authenticates a request by its certificate and its other credential: one of them is enough, and if there are both, they must name the
/// same client. The certificate's key is part of the identity: a session that was opened with it accepts no caller without it. Does nothing
/// where certificates are ignored.
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
            : caller.Tenant == holder.Tenant && caller.Client == holder.Client ? outcome.With(caller with { KeyThumbprint = holder.KeyThumbprint })
            : Refuse(holder, caller);
    }

    /// <summary>The outcome of the request's certificate; null when there is none.</summary>
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

    // The holder of the certificate's key is reported as the attacker, the client that the other credential names as the victim.
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
