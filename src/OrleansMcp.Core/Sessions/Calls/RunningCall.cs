using System.Text.Json;
using ModelContextProtocol;
using OrleansMcp.Authorization;
using OrleansMcp.Authorization.Policies.Counters;
using OrleansMcp.Memory;
using OrleansMcp.Protocol;
using OrleansMcp.Quotas;
using OrleansMcp.Secrets.Callers;
using OrleansMcp.Sessions.Input;
using OrleansMcp.Sessions.ToolCalls;
using OrleansMcp.Tools;

namespace OrleansMcp.Sessions.Calls;

/// <summary>
/// A request from its arrival to its answer. A call of 2026-07-28 that waits for its user's input outlives the request: the retry takes it
/// over (<see cref="Resume"/>).
/// </summary>
internal sealed class RunningCall(Caller caller, McpMessage message, RequestMeta meta, PostSink sink)
{
    // Never disposed: it has no timer and no linked token, and another thread may cancel it at any moment.
    private readonly CancellationTokenSource _cancellation = new();
    private CancellationTokenRegistration _disconnect;
    private int _reason; // a CancelReason
    private int _steps;
    private int _answered;
    private int _traits;
    private int _holders = 1; // its answer, and handlers that go on after it
    private CallerToken? _callerToken;

    public Caller Caller => caller;

    public McpMessage Message { get; private set; } = message;

    public JsonElement Id => Message.Id;

    /// <summary>
    /// The number of the call in <see cref="RunningCalls"/>, which sets it: later calls have larger ones. Ids of requests do not tell calls apart:
    /// real clients send the same one with several requests at a time, and each is answered on its own POST.
    /// </summary>
    public long Key { get; set; }

    public RequestMeta Meta { get; private set; } = meta;

    public PostSink Sink { get; private set; } = sink;

    /// <summary>When the request came, by <see cref="Environment.TickCount64"/>.</summary>
    public long BegunAt { get; } = Environment.TickCount64;

    /// <summary>What is charged for the call: its request, and its answer until that is handed over. Null before it is admitted.</summary>
    public HeldBytes? Held { get; private set; }

    /// <summary>
    /// The token of the request that the call answers; null where nobody needs one, or it was authenticated without, or it is answered or cancelled. A call
    /// that waits for input between two requests has none: the retry brings its own.
    /// </summary>
    public CallerToken? CallerToken => Volatile.Read(ref _callerToken);

    /// <summary>Names the message over all deliveries of it; empty when it is delivered once.</summary>
    public DeliveryName Delivery { get; init; }

    /// <summary>The state that the handler returned in an earlier round of the same request.</summary>
    public string? PriorState { get; init; }

    /// <summary>Cancelled for one of <see cref="CancelReason"/>.</summary>
    public CancellationToken Token => _cancellation.Token;

    public CancelReason Cancelled => (CancelReason)Volatile.Read(ref _reason);

    /// <summary>The permission that the call was judged by; null before, and for a method that needs none.</summary>
    public PermissionNeed? Need { get; set; }

    /// <summary>The resources that <c>subscriptions/listen</c> was permitted to watch.</summary>
    public IList<string>? Watched { get; set; }

    /// <summary>
    /// Whether the permission was revoked while the call ran. A handler that ignores its cancellation can change no state and no records
    /// from then on.
    /// </summary>
    public bool IsRevoked { get; private set; }

    /// <summary>The tool and arguments of a <c>tools/call</c>; set when the call enters <see cref="ToolCallPipeline"/>.</summary>
    public ToolRequest? Tool { get; set; }

    /// <summary>What the call has reserved of policy counters; null when nothing.</summary>
    public HeldClaims? Claims { get; set; }

    /// <summary>Chooses the thread of the handler; set before its turn comes.</summary>
    public HandlerConduct? Conduct { get; set; }

    /// <summary>Set until the handler's first await, while it holds its thread.</summary>
    public bool HoldsThread { get; set; }

    /// <summary>Whether the tool was called, so that it may have done its work whatever comes of the call.</summary>
    public bool HasRun { get; set; }

    /// <summary>Measures the handler; null for methods without one.</summary>
    public CallClock? Clock { get; set; }

    /// <summary>How long the handler held the thread that checked the call; zero when it ran on another.</summary>
    public TimeSpan HandledIn { get; set; }

    /// <summary>The input that the handler waits for; null until it asks.</summary>
    public InputExchange? Input { get; set; }

    /// <summary>What the handler read or did.</summary>
    public CallTraits Traits => (CallTraits)Volatile.Read(ref _traits);

    /// <summary>Adds to <see cref="Traits"/>.</summary>
    public void Note(CallTraits trait) => Interlocked.Or(ref _traits, (int)trait);

    /// <summary>The number of the handler's next change of state, from 0.</summary>
    public int NextStep() => Interlocked.Increment(ref _steps) - 1;

    /// <summary>The call is charged with what its message is charged with, until <see cref="Drop"/> was called for each holder.</summary>
    public void Hold(HeldBytes held)
    {
        if (Held is { } former)
        {
            former.Absorb(held);
            Keep(); // The retry of a call whose handler waited gets an answer of its own.
            return;
        }

        Held = held;
        if (Interlocked.CompareExchange(ref _holders, 0, 0) <= 0)
        {
            held.Dispose(); // Another thread has answered the call, and may have looked for what it holds before it was there.
        }
        else if (held.IsLarge)
        {
            held.OnGiveUp(() => Cancel(CancelReason.OutOfMemory));
        }
    }

    /// <summary>The call's handler goes on after its answer and holds its arguments.</summary>
    public void Keep() => Interlocked.Increment(ref _holders);

    /// <summary>One holder of the call less: with the last, the call holds nothing any more.</summary>
    public void Drop()
    {
        if (Interlocked.Decrement(ref _holders) == 0)
        {
            Held?.Dispose();
        }
    }

    /// <summary>True for the first caller, which then answers the call.</summary>
    public bool TryAnswer() => Interlocked.Exchange(ref _answered, 1) == 0;

    public void Revoke()
    {
        IsRevoked = true;
        Cancel(CancelReason.Revoked);
    }

    /// <exception cref="McpException">The permission was revoked.</exception>
    public void ThrowIfRevoked()
    {
        if (IsRevoked)
        {
            throw new McpException("The permission for this call was taken away while it ran.");
        }
    }

    /// <summary>Cancels the call when its connection closes (2026-07-28, Cancellation).</summary>
    public void CancelWith(CancellationToken disconnected) =>
        _disconnect = disconnected.UnsafeRegister(static call => ((RunningCall)call!).Cancel(CancelReason.Client), this);

    /// <summary>The request was answered: closing its connection no longer cancels the call, and its token is nobody's business any more.</summary>
    public void Release()
    {
        _disconnect.Dispose();
        DropToken();
    }

    /// <summary>Holds the token of its request until that is answered, or the call is cancelled.</summary>
    public void Carry(CallerToken? token)
    {
        if (token is null)
        {
            return;
        }

        Interlocked.Exchange(ref _callerToken, token.Share())?.Dispose();
        if (Volatile.Read(ref _answered) != 0 || Cancelled != CancelReason.None)
        {
            DropToken(); // Another thread has answered or cancelled it, and may have looked for the token before it was there.
        }
    }

    public void DropToken()
    {
        if (CallerToken is not null) // Most calls never have one.
        {
            Interlocked.Exchange(ref _callerToken, null)?.Dispose();
        }
    }

    public void Cancel(CancelReason reason)
    {
        Interlocked.CompareExchange(ref _reason, (int)reason, (int)CancelReason.None);

        // Handlers register callbacks on this token, which must not run under a lock of the caller.
        _ = _cancellation.CancelAsync();
        DropToken(); // Not before: who misses the token finds the call cancelled.
    }

    /// <summary>Continues a call that waited for input with the message, sink and token of its retry.</summary>
    public void Resume(McpMessage message, RequestMeta meta, PostSink sink, CallerToken? token)
    {
        (Message, Meta, Sink) = (message, meta, sink);
        Volatile.Write(ref _answered, 0);
        Carry(token);
    }
}
