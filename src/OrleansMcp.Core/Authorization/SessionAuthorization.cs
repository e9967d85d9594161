using ModelContextProtocol.Server;
using OrleansMcp.Configuration;
using OrleansMcp.Sessions;
using OrleansMcp.Sessions.Calls;
using OrleansMcp.Signals;

namespace OrleansMcp.Authorization;

/// <summary>
/// What one session may do. Every request is judged against the session's own set, before anything of the server is looked up: what the
/// server could do plays no part, and a refusal does not tell whether there is what was refused.
/// </summary>
internal sealed class SessionAuthorization(CurrentRecord record, IConfigurationSource configuration, ISignals signals)
{
    // Orders judging and taking away: TryPermit notes what a call needs and judges it under this lock, and TryRenew replaces the grant
    // under it. So a call that was permitted before is found by its need, and one that comes after is judged by the new grant.
    private readonly Lock _gate = new();
    private PermissionGrant? _grant;
    private PermissionSet? _told; // by which the client was last answered or told; guarded by _gate

    /// <summary>What the session is permitted at the moment, before a caller's scopes are looked at.</summary>
    public PermissionSet Effective => Grant().Effective;

    /// <summary>Whether the session is permitted a use, for a caller whose credential permits it too. Raises nothing.</summary>
    public bool Allows(Caller caller, PermissionKind kind, string name) =>
        Effective.Allows(kind, name) && configuration.Current.Identity.Scopes.Permits(caller.Scopes, kind, name);

    /// <summary>What the session may do for a caller whose credential may narrow it further.</summary>
    public PermissionSet PermittedTo(Caller caller) =>
        configuration.Current.Identity.Scopes.PermissionsOf(caller.Scopes) is { } scoped ? Effective.Intersect(scoped) : Effective;

    /// <summary>Whether a template is listed: it is when one of its URIs is permitted.</summary>
    public bool MayYield(Caller caller, McpServerResource template)
    {
        var (uri, scopes) = (template.ProtocolResourceTemplate.UriTemplate, configuration.Current.Identity.Scopes);
        return Effective.MayYield(uri, template.IsMatch)
            && (scopes.PermissionsOf(caller.Scopes)?.Intersect(Effective).MayYield(uri, template.IsMatch) ?? true);
    }

    /// <summary>Whether a template of another server is listed.</summary>
    public bool MayYield(Caller caller, string template)
    {
        var scopes = configuration.Current.Identity.Scopes;
        return Effective.MayYield(template, uri => TemplateReach.CanBegin(template, uri))
            && (scopes.PermissionsOf(caller.Scopes)?.Intersect(Effective).MayYield(template, uri => TemplateReach.CanBegin(template, uri)) ?? true);
    }

    /// <summary>Whether anything that begins so may be permitted to a caller: what is not can be left alone.</summary>
    public bool Reaches(Caller caller, PermissionKind kind, string beginning) =>
        Effective.Reaches(kind, beginning) && configuration.Current.Identity.Scopes.PermissionsOf(caller.Scopes)?.Reaches(kind, beginning) != false;

    /// <summary>Notes what a call needs and judges it, in one step. A refusal raises its signal.</summary>
    public bool TryPermit(RunningCall call, PermissionKind kind, string name)
    {
        lock (_gate)
        {
            call.Need = new PermissionNeed(kind, name);
            if (Allows(call.Caller, kind, name))
            {
                return true;
            }
        }

        ReportDenied(call.Caller, kind, name);
        return false;
    }

    /// <exception cref="PermissionDeniedException">It is not permitted.</exception>
    public void Permit(RunningCall call, PermissionKind kind, string name)
    {
        if (!TryPermit(call, kind, name))
        {
            throw new PermissionDeniedException(kind, name);
        }
    }

    /// <summary>
    /// Judges a URI and returns it in the form that was judged. What has no such form needs the permission for everything, and gives null: it names
    /// no resource but one that was registered in just this spelling.
    /// </summary>
    /// <exception cref="PermissionDeniedException">It is not permitted.</exception>
    public string? PermitResource(RunningCall call, string uri)
    {
        Permit(call, PermissionKind.Resource, uri);
        return ResourceUri.TryCanonicalise(uri, out var judged) ? judged : null;
    }

    /// <summary>Notes the resources that a call watches as long as it runs, and judges them all in one step.</summary>
    /// <exception cref="PermissionDeniedException">One of them is not permitted.</exception>
    public void PermitWatching(RunningCall call, IList<string> uris)
    {
        string? refused;
        lock (_gate)
        {
            call.Watched = uris;
            refused = uris.FirstOrDefault(uri => !Allows(call.Caller, PermissionKind.Resource, uri));
        }

        if (refused is not null)
        {
            throw Deny(call.Caller, PermissionKind.Resource, refused);
        }
    }

    /// <summary>Judges a use that a handler makes on its session's behalf.</summary>
    /// <exception cref="PermissionDeniedException">It is not permitted.</exception>
    public void PermitUse(Caller caller, PermissionKind kind, string name)
    {
        if (!Allows(caller, kind, name))
        {
            throw Deny(caller, kind, name);
        }
    }

    /// <summary>Whether what a call was permitted is permitted still.</summary>
    public bool StillPermits(RunningCall call) =>
        (call.Need is not { } need || Allows(call.Caller, need.Kind, need.Name))
        && (call.Watched is not { } uris || uris.All(uri => Allows(call.Caller, PermissionKind.Resource, uri)));

    /// <summary>Replaces the grant after the record or the configuration changed. False when nothing was judged or shown yet.</summary>
    /// <param name="former">By what the client was last answered or told.</param>
    /// <param name="now">What is permitted from now on.</param>
    public bool TryRenew(out PermissionSet former, out PermissionSet now)
    {
        lock (_gate)
        {
            former = now = _told ?? PermissionSet.None;
            if (_told is null)
            {
                return false;
            }

            _told = now = Regrant().Effective;
            return true;
        }
    }

    /// <summary>Raises the signal of a refusal, and returns the exception that tells the client.</summary>
    public PermissionDeniedException Deny(Caller caller, PermissionKind kind, string name)
    {
        ReportDenied(caller, kind, name);
        return new PermissionDeniedException(kind, name);
    }

    public void ReportDenied(Caller caller, PermissionKind kind, string name) => signals.Raise(new Signal(
        SignalName.PermissionDenied, caller, record.Owner, PermissionDeniedException.Shown(kind, name), record.Key));

    /// <summary>The grant in force. Sees at once that the record or the configuration were replaced.</summary>
    private PermissionGrant Grant() =>
        Volatile.Read(ref _grant) is { } grant && grant.IsOf(record.Value, configuration.Current) ? grant : Regrant();

    private PermissionGrant Regrant()
    {
        lock (_gate)
        {
            var grant = PermissionGrant.Of(record.Value, configuration.Current, _grant);
            Volatile.Write(ref _grant, grant);
            _told ??= grant.Effective;
            return grant;
        }
    }
}
