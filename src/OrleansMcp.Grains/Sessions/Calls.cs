using OrleansMcp.Protocol;
using OrleansMcp.Sessions;
using OrleansMcp.Tenants;

namespace OrleansMcp.Grains.Sessions;

/// <summary>Opens a session, or one behind a handle.</summary>
/// <param name="Caller">The owner to be.</param>
/// <param name="Initialize">The client's <c>initialize</c>; null for a handle.</param>
/// <param name="Permissions">What a handle is asked for with; null: all it may have.</param>
/// <param name="IsRepeat">
/// An earlier attempt may have succeeded without our hearing of it. The key has been told to nobody yet, so a session of this owner that
/// exists under it is the one that attempt opened.
/// </param>
/// <param name="SentAt">When this attempt left, by the sender's clock, UTC ticks.</param>
[GenerateSerializer, Immutable, Alias("orleansmcp.open")]
internal sealed record OpenCall(
    [property: Id(0)] Caller Caller, [property: Id(1)] McpMessage? Initialize, [property: Id(2)] string[]? Permissions = null,
    [property: Id(3)] bool IsRepeat = false, [property: Id(4)] long SentAt = 0);

/// <summary>How opening went.</summary>
/// <param name="Reply">The reply to <c>initialize</c>.</param>
/// <param name="Refusal">Why a handle was refused.</param>
/// <param name="Failure">Not null when it could not be made durable.</param>
[GenerateSerializer, Immutable, Alias("orleansmcp.opened")]
internal sealed record OpenResult(
    [property: Id(0)] SessionReply Reply, [property: Id(1)] SessionRefusal? Refusal = null, [property: Id(2)] CallFailure Failure = CallFailure.None)
{
    public static OpenResult Stopped { get; } = new(default, TenantStoppedException.Refusal, CallFailure.Stopped);
}

/// <summary>Delivers a message or a batch, or asks after a delivery by its name alone.</summary>
/// <param name="Caller">Who sent it.</param>
/// <param name="Message">The message; null for a batch, and for a delivery that is asked after.</param>
/// <param name="Batch">The messages of a batch; null for a message, and for a delivery that is asked after.</param>
/// <param name="Options">What the transport said; carries the delivery's name.</param>
/// <param name="SentAt">When this delivery left, by the sender's clock, UTC ticks.</param>
[GenerateSerializer, Immutable, Alias("orleansmcp.post")]
internal sealed record PostCall(
    [property: Id(0)] Caller Caller, [property: Id(1)] McpMessage? Message, [property: Id(2)] McpMessage[]? Batch,
    [property: Id(3)] PostOptions Options, [property: Id(4)] long SentAt)
{
    /// <summary>Whether this only asks after a delivery: an activation that does not know it has nothing to run.</summary>
    public bool IsQuestion => Message is null && Batch is null;

    /// <summary>Asks after the delivery of this call, without sending again what was sent.</summary>
    public PostCall AsQuestion() => this with { Message = null, Batch = null };
}

/// <summary>What became of a delivery.</summary>
/// <param name="State">How far it is.</param>
/// <param name="Reply">The reply, when it is answered.</param>
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

    /// <summary>Still running: ask again.</summary>
    Pending,

    /// <summary>This activation has not seen the delivery, or does not hold its reply any more; or the delivery is late.</summary>
    Unknown,

    /// <summary>The actor is leaving this silo and has not begun with it.</summary>
    NotStarted,

    /// <summary>The store could not take it.</summary>
    Unsaved,

    /// <summary>The actor failed; its log says how.</summary>
    Failed,

    /// <summary>The tenant is stopped.</summary>
    Stopped,
}

/// <summary>Attaches a reader, or reads on.</summary>
/// <param name="Caller">Who reads.</param>
/// <param name="Reader">Names the reader over all its calls.</param>
/// <param name="Stream">What to read; null to read on.</param>
/// <param name="After">How many items have arrived so far. Items are held until a later call says that they did.</param>
/// <param name="Wait">How long to wait for one.</param>
[GenerateSerializer, Immutable, Alias("orleansmcp.read")]
internal sealed record ReadCall(
    [property: Id(0)] Caller Caller, [property: Id(1)] Guid Reader, [property: Id(2)] StreamRequest? Stream, [property: Id(3)] long After,
    [property: Id(4)] TimeSpan Wait);

/// <summary>Items of a stream.</summary>
/// <param name="Items">In order; empty when nothing came in time.</param>
/// <param name="IsEnd">No more will come.</param>
/// <param name="IsUnknown">This activation does not know the reader: the one that did is gone.</param>
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

/// <summary>How ending went.</summary>
/// <param name="Receipt">Null when there was no such session for this caller.</param>
/// <param name="Failure">Not null when the end could not be made durable.</param>
[GenerateSerializer, Immutable, Alias("orleansmcp.ended")]
internal sealed record EndResult([property: Id(0)] SessionReceipt? Receipt, [property: Id(1)] CallFailure Failure = CallFailure.None);

/// <summary>Does what an operator asks.</summary>
/// <param name="Id">Names the request over all its repetitions.</param>
/// <param name="Request">The request.</param>
[GenerateSerializer, Immutable, Alias("orleansmcp.operate")]
internal sealed record OperateCall([property: Id(0)] Guid Id, [property: Id(1)] OperatorRequest Request);

/// <summary>What came of it.</summary>
[GenerateSerializer, Immutable, Alias("orleansmcp.operated")]
internal sealed record OperateResult([property: Id(0)] OperatorReply Reply, [property: Id(1)] CallFailure Failure = CallFailure.None);

/// <summary>Sets a secret, or removes it.</summary>
/// <param name="Caller">The owner.</param>
/// <param name="Name">The secret's name.</param>
/// <param name="Envelope">The secret, sealed to this activation's key; null to remove it.</param>
[GenerateSerializer, Immutable, Alias("orleansmcp.secret")]
internal sealed record SecretCall([property: Id(0)] Caller Caller, [property: Id(1)] string Name, [property: Id(2)] byte[]? Envelope);

/// <summary>What became of a secret.</summary>
[GenerateSerializer, Immutable, Alias("orleansmcp.secretset")]
internal sealed record SecretResult([property: Id(0)] SecretOutcome Outcome, [property: Id(1)] string? Code = null, [property: Id(2)] CallFailure Failure = CallFailure.None);

/// <summary>A public key.</summary>
/// <param name="PublicKey">Null when there is no such session for the caller.</param>
/// <param name="Failure">Whether to ask again.</param>
[GenerateSerializer, Immutable, Alias("orleansmcp.keyresult")]
internal sealed record KeyResult([property: Id(0)] byte[]? PublicKey, [property: Id(1)] CallFailure Failure = CallFailure.None);

internal enum CallFailure
{
    None,

    /// <summary>The actor leaves this silo: try again.</summary>
    Moved,

    /// <summary>Not done yet: ask again.</summary>
    Pending,

    /// <summary>The store could not take it.</summary>
    Unsaved,

    /// <summary>The tenant is stopped.</summary>
    Stopped,
}
