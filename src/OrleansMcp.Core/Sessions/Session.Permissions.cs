using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;
using OrleansMcp.Permissions;
using OrleansMcp.Protocol;
using OrleansMcp.Sessions.Calls;
using OrleansMcp.Signals;
using OrleansMcp.Tools;

namespace OrleansMcp.Sessions;

/// <summary>
/// What the session may do. Every request is judged against its own set, before anything of the server is looked up: what the server could do
/// plays no part, and a refusal does not tell whether there is what was refused.
/// </summary>
public sealed partial class Session
{
    private PermissionGrant? _grant;

    /// <summary>Whether the session is permitted a use, for a caller whose credential permits it too. Raises nothing.</summary>
    internal bool Permits(Caller caller, PermissionKind kind, string name) =>
        Grant().Effective.Allows(kind, name) && _host.Configuration.Identity.Scopes.Permits(caller.Scopes, kind, name);

    /// <summary>The grant in force. Sees at once that record or configuration were replaced.</summary>
    private PermissionGrant Grant()
    {
        var configuration = _host.Configuration;
        return Volatile.Read(ref _grant) is { } grant && grant.IsOf(_record!, configuration) ? grant : Regrant();
    }

    private PermissionGrant Regrant()
    {
        lock (_gate)
        {
            var grant = PermissionGrant.Of(_record!, _host.Configuration, _grant);
            Volatile.Write(ref _grant, grant);
            _told ??= grant.Effective;
            return grant;
        }
    }

    /// <summary>
    /// Notes what a call uses and judges it, in one step: who takes permissions away afterwards finds the call, and who did before is seen.
    /// </summary>
    private bool TryPermit(RunningCall call, PermissionKind kind, string name)
    {
        lock (_gate)
        {
            call.Need = new PermissionNeed(kind, name);
            if (Permits(call.Caller, kind, name))
            {
                return true;
            }
        }

        RaiseDenied(call.Caller, kind, name);
        return false;
    }

    private void Permit(RunningCall call, PermissionKind kind, string name)
    {
        if (!TryPermit(call, kind, name))
        {
            throw new PermissionDeniedException(kind, name);
        }
    }

    /// <summary>Judges a URI and returns it in the form that was judged. What has no such form needs the permission for everything.</summary>
    private string PermitResource(RunningCall call, string uri)
    {
        Permit(call, PermissionKind.Resource, uri);
        return ResourceUri.TryCanonicalise(uri, out var judged) ? judged : uri;
    }

    private void PermitWatching(RunningCall call, IList<string> uris)
    {
        string? refused;
        lock (_gate)
        {
            call.Watched = uris;
            refused = uris.FirstOrDefault(uri => !Permits(call.Caller, PermissionKind.Resource, uri));
        }

        if (refused is not null)
        {
            RaiseDenied(call.Caller, PermissionKind.Resource, refused);
            throw new PermissionDeniedException(PermissionKind.Resource, refused);
        }
    }

    /// <summary>Completions are about a prompt or a resource: whoever may not use it learns nothing of its arguments.</summary>
    private void PermitCompletion(RunningCall call, Reference reference)
    {
        if (reference is not ResourceTemplateReference { Uri: var uri })
        {
            Permit(call, PermissionKind.Prompt, (reference as PromptReference)?.Name ?? "");
            return;
        }

        var template = uri is null ? null : _host.Catalogue.Resources.GetValueOrDefault(uri);
        if (template?.IsTemplated != true || !MayYield(call.Caller, template))
        {
            Permit(call, PermissionKind.Resource, uri ?? "");
        }
    }

    /// <summary>Whether a template is listed: it is when one of its URIs is permitted.</summary>
    private bool MayYield(Caller caller, McpServerResource template)
    {
        var (uri, scopes) = (template.ProtocolResourceTemplate.UriTemplate, _host.Configuration.Identity.Scopes);
        return Grant().Effective.MayYield(uri, template.IsMatch)
            && (scopes.PermissionsOf(caller.Scopes)?.Intersect(Grant().Effective).MayYield(uri, template.IsMatch) ?? true);
    }

    /// <summary>The retry of a call that waits for its user's input goes on with that call: its own caller must be permitted it too.</summary>
    private Answer? RefuseRetry(Caller caller, McpMessage message, RequestMeta meta, PostSink sink)
    {
        var kind = message.Method switch
        {
            RequestMethods.ToolsCall => PermissionKind.Tool,
            RequestMethods.PromptsGet => PermissionKind.Prompt,
            _ => PermissionKind.Resource,
        };
        if (Methods.NameParameter(message.Method) is not { } parameter || !message.Params.TryGetProperty(parameter, out var name)
            || name.ValueKind != System.Text.Json.JsonValueKind.String)
        {
            return null; // Such a request never waited for anything.
        }

        var retry = new RunningCall(this, caller, message, meta, sink);
        return TryPermit(retry, kind, name.GetString()!) ? null : Denial(retry);
    }

    private Answer Denial(RunningCall call)
    {
        var need = NeedOf(call);
        return need.Kind == PermissionKind.Tool
            ? Answer.Of(ToolReply(call, ToolCall.NotPermitted(need.Name)))
            : Failures.ToAnswer(call, new PermissionDeniedException(need.Kind, need.Name), Logger);
    }

    private static PermissionNeed NeedOf(RunningCall call) =>
        call.Need ?? new PermissionNeed(PermissionKind.Resource, call.Watched?.FirstOrDefault() ?? "");

    private void RaiseDenied(Caller caller, PermissionKind kind, string name) => _host.Signals.Raise(
        new Signal(SignalName.PermissionDenied, caller, _record!.Owner, PermissionDeniedException.Shown(kind, name), Key));

    private IReadOnlyList<string> ToOpen(Caller caller, PermissionSet? asked) => PermissionGrant.ToOpen(_host.Configuration, caller, asked).Entries;

    private InitializeResult Greeting() => _host.Greet(_record!.ProtocolVersion!, Grant().Effective);

    private void Activated()
    {
        _host.Metrics.Activated();
        _host.Live.Enter(this);
    }

    private void Deactivated()
    {
        _host.Live.Leave(this);
        _host.Metrics.Deactivated();
    }
}
