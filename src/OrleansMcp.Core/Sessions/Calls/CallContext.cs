using OrleansMcp.Quotas;
using OrleansMcp.Tools;

namespace OrleansMcp.Sessions.Calls;

/// <summary>The session as one call may see it. Identity comes from the caller of the call, which the actor has compared with its owner.</summary>
internal sealed class CallContext(RunningCall call) : ISessionContext
{
    public string Tenant => call.Caller.Tenant;

    public string Client => Noting(CallTraits.Client).Caller.Client;

    public string Subject => Noting(CallTraits.Client).Caller.Subject;

    public string SessionName => Noting(CallTraits.Session).Session.Name;

    public ISessionState State => field ??= new CallState(Noting(CallTraits.Session));

    public ISessionSecrets Secrets => Noting(CallTraits.Secret).Session;

    public ISessionPermissions Permissions => new CallPermissions(call);

    public ISessionQuota Quota => field ??= new CallQuota(Noting(CallTraits.Session));

    public HttpClient Http => field ??= CallEgress.CreateClient(Noting(CallTraits.Client));

    public void HangUp(TimeSpan retry)
    {
        call.Note(CallTraits.Effect);
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
        Noting(CallTraits.Effect).Session.ResourceUpdatedAsync(uri, cancellationToken);

    /// <summary>What the handler sees its result may depend on.</summary>
    private RunningCall Noting(CallTraits trait)
    {
        call.Note(trait);
        return call;
    }
}
