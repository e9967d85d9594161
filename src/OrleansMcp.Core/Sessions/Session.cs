using System.Runtime.CompilerServices;
using OrleansMcp.Protocol;
using OrleansMcp.Secrets;
using OrleansMcp.Sessions.State;
using OrleansMcp.Signals;

namespace OrleansMcp.Sessions;

/// <summary>
/// The session actor: compares the owner with the caller of every message, and opens, ends and passivates the session. Its
/// <see cref="SessionParts"/> handle the admitted messages. An engine holds exactly one instance per key, makes it from its record, and
/// removes it from memory with <see cref="TryPassivateAsync"/>.
/// </summary>
/// <remarks>
/// Messages may arrive at any time on any thread: a response, a ping or a cancellation is admitted while a call runs. One lock guards the
/// phase; it is never held across an await or a handler.
/// </remarks>
internal sealed partial class Session : ISession
{
    private readonly SessionParts _parts;
    private readonly SessionServices _services;
    private readonly Lock _gate = new(); // guards the fields below, which are written under it alone
    private SessionPhase _phase;
    private int _busy; // posts, readers of their streams and operators' requests that were admitted and have not left
    private int _listening; // readers of the session's own stream
    private bool _leavesOnceOpen;
    private Task<SessionReceipt?>? _ending;
    private volatile TaskCompletionSource? _retirement; // set when the session is passivated
    private volatile Task _settlement = Task.CompletedTask;

    /// <summary>
    /// Makes a session from its record. Without a record, only opening it makes it live, or for a principal its first message. A record of
    /// another session or tenant is never served, even if a store returns it.
    /// </summary>
    public Session(SessionParts parts, SessionServices services)
    {
        (_parts, _services) = (parts, services);
        var record = parts.Record.OrNull;
        _phase = record is null ? SessionPhase.New : record.Ended is null && record.IsOf(Key) ? SessionPhase.Live : SessionPhase.Gone;
        parts.Writer.Fenced = Abandon;
        parts.Writer.Moved = parts.Revocation.Reconsider;
        if (_phase == SessionPhase.Live)
        {
            _services.Activated(_parts);
        }
    }

    /// <summary>The session's identity.</summary>
    public SessionKey Key => _parts.Record.Key;

    /// <summary>Called once when this instance has ended, was passivated or could not be opened. The engine then drops it.</summary>
    public Action<Session>? Retired { get; init; }

    /// <summary>Completes when an instance that throws <see cref="SessionPassivatedException"/> has saved its record.</summary>
    public Task Retirement => _retirement?.Task ?? Task.CompletedTask;

    /// <summary>Completes when a passivated or ended session has settled its quotas with the tenant. Completed for a live session.</summary>
    public Task Settlement => _settlement;

    /// <summary>Whether the session is open, or being opened or ended. If not, the engine drops this instance.</summary>
    public bool Exists => Is(SessionPhase.Opening, SessionPhase.Live, SessionPhase.Ending);

    /// <summary>
    /// Whether a client reads the session's own stream, or it is in use otherwise (<see cref="IsInUse"/>). A busy session stays in memory.
    /// </summary>
    public bool IsBusy => Volatile.Read(ref _listening) > 0 || IsInUse;

    /// <summary>The session's secrets.</summary>
    public SessionVault Vault => _parts.Vault;

    /// <summary>How far the deliveries of each sender were settled when the record was last written.</summary>
    public IReadOnlyList<SettledMark> Settled => _parts.Record.OrNull?.Settled ?? [];

    /// <summary>Time of the last message, UTC.</summary>
    public DateTimeOffset LastActiveAt => _parts.Activity.At;

    /// <summary>When the last message or reader left, UTC.</summary>
    public DateTimeOffset LastUsedAt => _parts.Activity.UsedAt;

    /// <summary>When the session expires unless a message arrives before, UTC.</summary>
    public DateTimeOffset DueAt => _services.Configuration.Current.Sessions.DueAt(
        LastActiveAt, _parts.Record.OrNull?.ExpiresAt ?? DateTimeOffset.MaxValue);

    /// <summary>Whether the session is open and <paramref name="caller"/> owns it.</summary>
    public bool IsOwnedBy(Caller caller) => Exists && _parts.Record.OrNull?.Owner.Is(caller) == true;

    /// <inheritdoc cref="Calls.RunningCalls.AnyBegunBy"/>
    public bool RunsCallBegunBy(long tick) => _parts.Calls.AnyBegunBy(tick);

    /// <inheritdoc/>
    public ValueTask<SessionReply> PostAsync(Caller caller, McpMessage message, PostOptions options, CancellationToken cancellationToken) =>
        IsRefused(caller) ? RefusedAsync(caller, message.Id) : VisitAsync(
            caller, (message, options, cancellationToken),
            static (session, caller, post) => session._parts.Intake.PostAsync(caller, post.message, post.options, post.cancellationToken), SessionReply.NotFound);

    /// <inheritdoc/>
    public ValueTask<SessionReply> PostBatchAsync(
        Caller caller, IReadOnlyList<McpMessage> messages, PostOptions options, CancellationToken cancellationToken) =>
        IsRefused(caller) ? RefusedAsync(caller, id: default) : VisitAsync(
            caller, (messages, options, cancellationToken),
            static (session, caller, post) => session._parts.Intake.PostBatchAsync(caller, post.messages, post.options, post.cancellationToken), SessionReply.NotFound);

    /// <inheritdoc/>
    public async IAsyncEnumerable<SessionEvent> ListenAsync(
        Caller caller, StreamRequest stream, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var isOwn = stream.StreamId == 0;
        if (!await TryEnterAsync(caller, isOwn))
        {
            yield return new SessionEvent(SessionEventKind.NotFound);
            yield break;
        }

        // Only a GET is a request of its own; the stream of a post was counted with it.
        if (isOwn && _parts.Account.CountRequest(caller) is { } refusal)
        {
            Leave(isOwn);
            yield return new SessionEvent(SessionEventKind.OverQuota, Retry: TimeSpan.FromSeconds(refusal.RetryAfterSeconds));
            yield break;
        }

        _services.Audience.Enter(_parts.Changes);
        try
        {
            await foreach (var item in _parts.Streams.Set.ReadAsync(stream, cancellationToken))
            {
                yield return item;
            }
        }
        finally
        {
            _services.Audience.Leave(_parts.Changes);
            Leave(isOwn);
        }
    }

    /// <inheritdoc/>
    public ValueTask<SealingKeyReply> GetSealingKeyAsync(Caller caller, CancellationToken cancellationToken) =>
        VisitAsync(caller, 0, static (session, _, _) => new(session.Vault.PublicKey()), SealingKeyReply.NotFound);

    /// <inheritdoc/>
    public ValueTask<SecretReply> PutSecretAsync(
        Caller caller, string name, ReadOnlyMemory<byte> envelope, CancellationToken cancellationToken) =>
        VisitAsync(
            caller, (name, envelope),
            static (session, caller, secret) => new(session.Counted(caller) ?? session.Vault.Put(secret.name, secret.envelope.Span)), SecretReply.NotFound);

    /// <inheritdoc/>
    public ValueTask<SecretReply> DeleteSecretAsync(Caller caller, string name, CancellationToken cancellationToken) =>
        VisitAsync(caller, name, static (session, caller, name) => new(session.Counted(caller) ?? session.Vault.Delete(name)), SecretReply.NotFound);

    /// <inheritdoc/>
    public async Task<OperatorReply> OperateAsync(OperatorRequest request, CancellationToken cancellationToken)
    {
        if (!TryEnterAsOperator(request.Tenant))
        {
            return OperatorReply.NotFound;
        }

        try
        {
            return await _parts.Operators.ExecuteAsync(request, () => EndAsync(SessionEndReason.Operator), cancellationToken);
        }
        catch (SessionEndedException)
        {
            return Is(SessionPhase.Passive) ? throw new SessionPassivatedException() : OperatorReply.NotFound;
        }
        finally
        {
            lock (_gate)
            {
                _busy--; // An operator's request does not count as activity: the idle time continues.
            }
        }
    }

    /// <summary>Counts a request about a secret; the reply when it is refused.</summary>
    private SecretReply? Counted(Caller caller) => _parts.Account.CountRequest(caller) is { } refusal ? SecretReply.OverQuota(refusal) : null;
}
