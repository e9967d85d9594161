using OrleansMcp.Protocol;
using OrleansMcp.Sessions;
using OrleansMcp.Sessions.Yielding;
using OrleansMcp.Tenants;

namespace OrleansMcp.Grains.Sessions;

/// <summary>Opens a session, by <c>initialize</c> or for a handle.</summary>
/// <param name="Caller">The owner of the new session.</param>
/// <param name="Initialize">The client's <c>initialize</c>; null for a handle.</param>
/// <param name="Permissions">The permissions that the caller asks for with a handle; null: all it may have.</param>
/// <param name="IsRepeat">
/// Whether an earlier attempt may have opened the session without its answer arriving. No client knows the key yet, so a session of this
/// owner under it was opened by that attempt.
/// </param>
/// <param name="SentAt">When this attempt was sent, by the sender's clock, UTC ticks.</param>
/// <param name="Servers">The servers that the session of a handle begins with; see <see cref="HandleOpening"/>.</param>
[GenerateSerializer, Immutable, Alias("orleansmcp.open")]
internal sealed record OpenCall(
    [property: Id(0)] Caller Caller, [property: Id(1)] McpMessage? Initialize, [property: Id(2)] string[]? Permissions = null,
    [property: Id(3)] bool IsRepeat = false, [property: Id(4)] long SentAt = 0, [property: Id(5)] string[]? Servers = null);

/// <summary>The result of opening a session.</summary>
/// <param name="Reply">The reply to <c>initialize</c>.</param>
/// <param name="Refusal">Why a handle was refused.</param>
/// <param name="Failure">Why the session was not opened; <see cref="CallFailure.None"/> otherwise.</param>
[GenerateSerializer, Immutable, Alias("orleansmcp.opened")]
internal sealed record OpenResult(
    [property: Id(0)] SessionReply Reply, [property: Id(1)] SessionRefusal? Refusal = null, [property: Id(2)] CallFailure Failure = CallFailure.None)
{
    public static OpenResult Stopped { get; } = new(default, TenantStoppedException.Refusal, CallFailure.Stopped);
}

/// <summary>Delivers a message or a batch, or queries the state of a delivery by its name.</summary>
/// <param name="Caller">Who sent it.</param>
/// <param name="Message">The message; null for a batch and for a query.</param>
/// <param name="Batch">The messages of a batch; null for a message and for a query.</param>
/// <param name="Options">The options of the post, with the delivery's name.</param>
/// <param name="SentAt">When this delivery was sent, by the sender's clock, UTC ticks.</param>
[GenerateSerializer, Immutable, Alias("orleansmcp.post")]
internal sealed record PostCall(
    [property: Id(0)] Caller Caller, [property: Id(1)] McpMessage? Message, [property: Id(2)] McpMessage[]? Batch,
    [property: Id(3)] PostOptions Options, [property: Id(4)] long SentAt)
{
    /// <summary>Whether this only queries the state of a delivery. An activation that does not know the delivery runs nothing.</summary>
    public bool IsQuestion => Message is null && Batch is null;

    /// <summary>The query for the delivery of this call, without its messages.</summary>
    public PostCall AsQuestion() => this with { Message = null, Batch = null };
}

/// <summary>The state of a delivery.</summary>
/// <param name="State">The state.</param>
/// <param name="Reply">The reply, for <see cref="PostState.Answered"/>.</param>
[GenerateSerializer, Immutable, Alias("orleansmcp.posted")]
internal sealed record PostResult([property: Id(0)] PostState State, [property: Id(1)] SessionReply Reply = default)
{
    public static PostResult Pending { get; } = new(PostState.Pending);

    public static PostResult Unknown { get; } = new(PostState.Unknown);

    public static PostResult NotStarted { get; } = new(PostState.NotStarted);

    public static PostResult Failed { get; } = new(PostState.Failed);

    public static PostResult Unsaved { get; } = new(PostState.Unsaved);

    public static PostResult Stopped { get; } = new(PostState.Stopped);
}

internal enum PostState
{
    Answered,

    /// <summary>The delivery runs: query it again.</summary>
    Pending,

    /// <summary>This activation does not know the delivery or no longer has its reply, or the delivery was late and not run.</summary>
    Unknown,

    /// <summary>The actor was passivated before it ran the delivery.</summary>
    NotStarted,

    /// <summary>The store could not take it.</summary>
    Unsaved,

    /// <summary>The actor failed; its log says how.</summary>
    Failed,

    /// <summary>The tenant is stopped.</summary>
    Stopped,
}

/// <summary>Attaches a reader to a stream, or reads its next items.</summary>
/// <param name="Caller">Who reads.</param>
/// <param name="Reader">The reader's name, the same in all its calls.</param>
/// <param name="Stream">The stream, in the reader's first call; null afterwards.</param>
/// <param name="After">How many items have arrived so far. The session keeps items until a later call confirms them.</param>
/// <param name="Wait">How long to wait for an item.</param>
[GenerateSerializer, Immutable, Alias("orleansmcp.read")]
internal sealed record ReadCall(
    [property: Id(0)] Caller Caller, [property: Id(1)] Guid Reader, [property: Id(2)] StreamRequest? Stream, [property: Id(3)] long After,
    [property: Id(4)] TimeSpan Wait);

/// <summary>Items of a stream.</summary>
/// <param name="Items">The items in order; empty when none came in time.</param>
/// <param name="IsEnd">Whether the stream has ended.</param>
/// <param name="IsUnknown">Whether this activation does not know the reader: the one that it was attached to is gone.</param>
/// <param name="IsStopped">The tenant is stopped.</param>
[GenerateSerializer, Immutable, Alias("orleansmcp.items")]
internal sealed record ReadResult(
    [property: Id(0)] SessionEvent[] Items, [property: Id(1)] bool IsEnd = false, [property: Id(2)] bool IsUnknown = false,
    [property: Id(3)] bool IsStopped = false)
{
    public static ReadResult Nothing { get; } = new([]);

    public static ReadResult Unknown { get; } = new([], IsUnknown: true);

    public static ReadResult Stopped { get; } = new([], IsStopped: true);
}

/// <summary>Ends a session.</summary>
[GenerateSerializer, Immutable, Alias("orleansmcp.end")]
internal sealed record EndCall([property: Id(0)] Caller Caller);

/// <summary>The result of ending a session.</summary>
/// <param name="Receipt">The receipt; null when the caller has no such session.</param>
/// <param name="Failure">Why the session was not ended; <see cref="CallFailure.None"/> otherwise.</param>
[GenerateSerializer, Immutable, Alias("orleansmcp.ended")]
internal sealed record EndResult([property: Id(0)] SessionReceipt? Receipt, [property: Id(1)] CallFailure Failure = CallFailure.None);

/// <summary>The answer of a session that was asked to make room.</summary>
/// <param name="Reply">The answer.</param>
/// <param name="Failure">Why there is none; <see cref="CallFailure.None"/> otherwise.</param>
[GenerateSerializer, Immutable, Alias("orleansmcp.yielded")]
internal sealed record YieldResult([property: Id(0)] YieldReply Reply, [property: Id(1)] CallFailure Failure = CallFailure.None);

/// <summary>Executes an operator's request.</summary>
/// <param name="Id">The request's id, the same in all its repetitions.</param>
/// <param name="Request">The request.</param>
[GenerateSerializer, Immutable, Alias("orleansmcp.operate")]
internal sealed record OperateCall([property: Id(0)] Guid Id, [property: Id(1)] OperatorRequest Request);

/// <summary>The result of an operator's request.</summary>
[GenerateSerializer, Immutable, Alias("orleansmcp.operated")]
internal sealed record OperateResult([property: Id(0)] OperatorReply Reply, [property: Id(1)] CallFailure Failure = CallFailure.None);

/// <summary>Sets a secret, or removes it.</summary>
/// <param name="Caller">The owner.</param>
/// <param name="Name">The secret's name.</param>
/// <param name="Envelope">The secret, sealed to this activation's key; null to remove it.</param>
[GenerateSerializer, Immutable, Alias("orleansmcp.secret")]
internal sealed record SecretCall([property: Id(0)] Caller Caller, [property: Id(1)] string Name, [property: Id(2)] byte[]? Envelope);

/// <summary>The result of storing or removing a secret.</summary>
[GenerateSerializer, Immutable, Alias("orleansmcp.secretset")]
internal sealed record SecretResult([property: Id(0)] SecretOutcome Outcome, [property: Id(1)] string? Code = null, [property: Id(2)] CallFailure Failure = CallFailure.None,
    [property: Id(3)] QuotaRefusal? Refusal = null);

/// <summary>A public key.</summary>
/// <param name="PublicKey">The key; null when the caller has no such session.</param>
/// <param name="Failure">Why there is no answer; <see cref="CallFailure.None"/> otherwise.</param>
[GenerateSerializer, Immutable, Alias("orleansmcp.keyresult")]
internal sealed record KeyResult([property: Id(0)] byte[]? PublicKey, [property: Id(1)] CallFailure Failure = CallFailure.None);

internal enum CallFailure
{
    None,

    /// <summary>The actor was passivated: call again.</summary>
    Moved,

    /// <summary>Still running: call again.</summary>
    Pending,

    /// <summary>The store could not take it.</summary>
    Unsaved,

    /// <summary>The tenant is stopped.</summary>
    Stopped,
}
