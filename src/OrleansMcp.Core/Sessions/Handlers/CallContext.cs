using OrleansMcp.Authorization;
using OrleansMcp.Quotas;
using OrleansMcp.Sessions.Calls;
using OrleansMcp.Tools;

namespace OrleansMcp.Sessions.Handlers;

/// <summary>
/// The session as the handler of one call sees it. Identity comes from the call's caller, which the session has compared with its owner.
/// Every access is noted in <see cref="RunningCall.Traits"/>, because the result may depend on it.
/// </summary>
internal sealed class CallContext(RunningCall call, HandlerEnvironment environment) : ISessionContext, ISessionState, ISessionPermissions, ISessionQuota
{
    public string Tenant => call.Caller.Tenant;

    public string Client => Noting(CallTraits.Client).Caller.Client;

    public string Subject => Noting(CallTraits.Client).Caller.Subject;

    public string SessionName
    {
        get
        {
            call.Note(CallTraits.Session);
            return environment.Record.Name;
        }
    }

    public ISessionState State => NotingIn(CallTraits.Session);

    public ISessionSecrets Secrets
    {
        get
        {
            call.Note(CallTraits.Secret);
            return environment.Vault;
        }
    }

    public ISessionPermissions Permissions => this;

    public ISessionQuota Quota => NotingIn(CallTraits.Session);

    public HttpClient Http => field ??= CallEgress.CreateClient(Noting(CallTraits.Client), environment);

    public void HangUp(TimeSpan retry)
    {
        call.Note(CallTraits.Effect);
        if (!environment.Streams.HasPrimingEvents)
        {
            return;
        }

        call.Sink.Promote();
        if (call.Sink.Stream is { } stream)
        {
            environment.Streams.Set.HangUp(stream, retry);
        }
    }

    public Task ResourceUpdatedAsync(string uri, CancellationToken cancellationToken = default)
    {
        call.Note(CallTraits.Effect);
        return environment.Changes.SendResourceUpdatedAsync(uri, cancellationToken).AsTask();
    }

    T? ISessionState.Get<T>(string key) where T : default => environment.Values.Get<T>(key);

    Task<T> ISessionState.UpdateAsync<T>(string key, Func<T?, T> change, CancellationToken cancellationToken) where T : default =>
        environment.Values.UpdateAsync(call, key, change, cancellationToken);

    bool ISessionPermissions.Allows(PermissionKind kind, string name) => environment.Authorization.Allows(call.Caller, kind, name);

    ValueTask<IReadOnlyList<QuotaLeft>> ISessionQuota.ReadAsync(CancellationToken cancellationToken) =>
        environment.Account.ReadAsync(cancellationToken);

    private RunningCall Noting(CallTraits trait)
    {
        call.Note(trait);
        return call;
    }

    private CallContext NotingIn(CallTraits trait)
    {
        call.Note(trait);
        return this;
    }
}
