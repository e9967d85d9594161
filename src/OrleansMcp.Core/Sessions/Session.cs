using System.Runtime.CompilerServices;
using OrleansMcp.Protocol;
using OrleansMcp.Secrets;
using OrleansMcp.Signals;
using OrleansMcp.State;

namespace OrleansMcp.Sessions;

/// <summary>
/// The session actor: compares the owner with the caller of every message, and decides when the session begins, ends and leaves memory. What
/// happens to an admitted message is up to its <see cref="SessionParts"/>. An engine holds exactly one instance per key, brings it to life
/// from its record, and takes it out of memory with <see cref="TryPassivateAsync"/>.
/// </summary>
/// <remarks>
/// Messages may arrive at any time on any thread: an answer, a ping or a cancel must get through while a call runs. The phase is guarded by
/// one small lock that is never held across an await or a handler.
/// </remarks>
internal sealed partial class Session : ISession
{
    // Shared until an instance begins to leave, so that a session in memory does not pay for one of its own.
    private static readonly TaskCompletionSource s_alive = new();

    private readonly SessionParts _parts;
    private readonly SessionServices _services;
    private readonly Lock _gate = new(); // guards the fields below, which are written under it alone
    private SessionPhase _phase;
    private int _busy; // visits inside the session: posts, listeners, operators
    private bool _leavesOnceOpen;
    private Task<SessionReceipt?>? _ending;
    private volatile TaskCompletionSource _retirement = s_alive;
    private volatile Task _settlement = Task.CompletedTask;

    /// <summary>
    /// Brings a session to life from its record. Without one only an open does, or for a principal its first message. A record that is not
    /// this session's is never served, whatever a store let through.
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

    /// <summary>Called once when this instance is done: ended, passivated, or never opened. An engine lets go of it.</summary>
    public Action<Session>? Retired { get; init; }

    /// <summary>Completes when an instance that throws <see cref="SessionPassivatedException"/> has saved what it had to save.</summary>
    public Task Retirement => _retirement.Task;

    /// <summary>Done when the tenant has been told what a session that left memory owes; done at once before that.</summary>
    public Task Settlement => _settlement;

    /// <summary>Whether anything is behind this instance. If not (never opened, or ended), an engine drops it.</summary>
    public bool Exists => Is(SessionPhase.Opening, SessionPhase.Live, SessionPhase.Ending);

    /// <summary>Whether calls run, somebody listens, or a call waits for its user's input: such a session stays in memory.</summary>
    public bool IsBusy => Is(SessionPhase.Opening) || Volatile.Read(ref _busy) > 0 || _parts.AnyCallsOrInputs;

    /// <summary>Whether the session holds secrets that cannot be read again, and would be lost if it left memory.</summary>
    public bool HoldsSecrets => Vault.HoldsOwn;

    /// <summary>The session's secrets.</summary>
    public SessionVault Vault => _parts.Vault;

    /// <summary>How far the deliveries of each sender were settled when the record was last written.</summary>
    public IReadOnlyList<SettledMark> Settled => _parts.Record.OrNull?.Settled ?? [];

    /// <summary>Time of the last message, UTC.</summary>
    public DateTimeOffset LastActiveAt => _parts.Activity.At;

    /// <summary>When its time is over unless a message comes before, UTC.</summary>
    public DateTimeOffset DueAt => _services.Configuration.Current.Sessions.DueAt(
        LastActiveAt, _parts.Record.OrNull?.ExpiresAt ?? DateTimeOffset.MaxValue);

    /// <summary>Whether the session is open and <paramref name="caller"/> owns it.</summary>
    public bool IsOwnedBy(Caller caller) => Exists && _parts.Record.OrNull?.Owner.Is(caller) == true;

    /// <inheritdoc cref="Calls.RunningCalls.AnyBegunBy"/>
    public bool RunsCallBegunBy(long tick) => _parts.Calls.AnyBegunBy(tick);

    /// <inheritdoc/>
    public ValueTask<SessionReply> PostAsync(Caller caller, McpMessage message, PostOptions options, CancellationToken cancellationToken) =>
        VisitAsync(
            caller, (message, options, cancellationToken),
            static (parts, caller, post) => parts.Intake.PostAsync(caller, post.message, post.options, post.cancellationToken), SessionReply.NotFound);

    /// <inheritdoc/>
    public ValueTask<SessionReply> PostBatchAsync(
        Caller caller, IReadOnlyList<McpMessage> messages, PostOptions options, CancellationToken cancellationToken) =>
        VisitAsync(
            caller, (messages, options, cancellationToken),
            static (parts, caller, post) => parts.Intake.PostBatchAsync(caller, post.messages, post.options, post.cancellationToken), SessionReply.NotFound);

    /// <inheritdoc/>
    public async IAsyncEnumerable<SessionEvent> ListenAsync(
        Caller caller, StreamRequest stream, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (!await TryEnterAsync(caller))
        {
            yield return new SessionEvent(SessionEventKind.NotFound);
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
            Leave();
        }
    }

    /// <inheritdoc/>
    public ValueTask<SealingKeyReply> GetSealingKeyAsync(Caller caller, CancellationToken cancellationToken) =>
        VisitAsync(caller, 0, static (parts, _, _) => new(parts.Vault.PublicKey()), SealingKeyReply.NotFound);

    /// <inheritdoc/>
    public ValueTask<SecretReply> PutSecretAsync(
        Caller caller, string name, ReadOnlyMemory<byte> envelope, CancellationToken cancellationToken) =>
        VisitAsync(
            caller, (name, envelope), static (parts, _, secret) => new(parts.Vault.Put(secret.name, secret.envelope.Span)), SecretReply.NotFound);

    /// <inheritdoc/>
    public ValueTask<SecretReply> DeleteSecretAsync(Caller caller, string name, CancellationToken cancellationToken) =>
        VisitAsync(caller, name, static (parts, _, name) => new(parts.Vault.Delete(name)), SecretReply.NotFound);

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
            LeaveAsOperator();
        }
    }
}
