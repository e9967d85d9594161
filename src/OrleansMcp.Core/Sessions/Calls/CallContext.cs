using OrleansMcp.Quotas;
using OrleansMcp.Tools;

namespace OrleansMcp.Sessions.Calls;

/// <summary>The session as one call may see it. Identity comes from the caller of the call, which the actor has compared with its owner.</summary>
internal sealed class CallContext(RunningCall call) : ISessionContext
{
    public string Tenant => call.Caller.Tenant;

    public string Client => call.Caller.Client;

    public string Subject => call.Caller.Subject;

    public string SessionName => call.Session.Name;

    public ISessionState State => field ??= new CallState(call);

    public ISessionSecrets Secrets => call.Session;

    public ISessionPermissions Permissions => new CallPermissions(call);

    public ISessionQuota Quota => field ??= new CallQuota(call);

    public HttpClient Http => field ??= CallEgress.CreateClient(call);

    public void HangUp(TimeSpan retry)
    {
        if (!call.Session.HasPrimingEvents)
        {
            return;
        }

        call.Sink.Promote();
        if (call.Sink.Stream is { } stream)
        {
            call.Session.Streams.HangUp(stream, retry);
        }
    }

    public Task ResourceUpdatedAsync(string uri, CancellationToken cancellationToken = default) =>
        call.Session.ResourceUpdatedAsync(uri, cancellationToken);
}
