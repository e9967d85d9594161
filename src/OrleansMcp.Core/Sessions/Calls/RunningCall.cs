using System.Text.Json;
using ModelContextProtocol;
using OrleansMcp.Authorization;
using OrleansMcp.Authorization.Policies.Counters;
using OrleansMcp.Protocol;
using OrleansMcp.Quotas;
using OrleansMcp.Sessions.Input;
using OrleansMcp.Sessions.ToolCalls;

namespace OrleansMcp.Sessions.Calls;

/// <summary>
/// A request while it is being handled: the one object that means "the call", from its arrival to its answer. A call of 2026-07-28 that waits
/// for its user's input lives on between two requests: the retry takes it over (<see cref="Resume"/>).
/// </summary>
internal sealed class RunningCall(Caller caller, McpMessage message, RequestMeta meta, PostSink sink)
{
    // Never disposed: it has no timer and no link, and a cancel may come at any moment from another thread.
    private readonly CancellationTokenSource _cancellation = new();
    private CancellationTokenRegistration _disconnect;
    private int _reason; // a CancelReason
    private int _steps;
    private int _answered;
    private int _traits;

    public Caller Caller => caller;

    public McpMessage Message { get; private set; } = message;

    public JsonElement Id => Message.Id;

    /// <summary>
    /// What the call is known by while it runs: its id, which a client must not reuse within a session. Clients of 2026-07-28 that act for
    /// one principal know nothing of each other and may all count from 1: there every request is its own. Given by <see cref="RunningCalls"/>.
    /// </summary>
    public string Key { get; set; } = "";

    public RequestMeta Meta { get; private set; } = meta;

    public PostSink Sink { get; private set; } = sink;

    /// <summary>When it came, as <see cref="Environment.TickCount64"/> counts time.</summary>
    public long BegunAt { get; } = Environment.TickCount64;

    /// <summary>Names the message over all deliveries of it; empty when it is delivered once.</summary>
    public DeliveryName Delivery { get; init; }

    /// <summary>What the handler left behind in an earlier round of the same request.</summary>
    public string? PriorState { get; init; }

    /// <summary>Cancelled for one of <see cref="CancelReason"/>.</summary>
    public CancellationToken Token => _cancellation.Token;

    public CancelReason Cancelled => (CancelReason)Volatile.Read(ref _reason);

    /// <summary>What it uses, from the moment it was judged; null before, and for what needs no permission.</summary>
    public PermissionNeed? Need { get; set; }

    /// <summary>Resources it was permitted to watch, for as long as it runs.</summary>
    public IList<string>? Watched { get; set; }

    /// <summary>Whether its permission was taken away while it ran. A handler that goes on all the same changes nothing any more.</summary>
    public bool IsRevoked { get; private set; }

    /// <summary>For a call of a tool, what it asks for; read when the call enters <see cref="ToolCallPipeline"/>.</summary>
    public ToolRequest? Tool { get; set; }

    /// <summary>What the call has reserved of policy counters; null when that is nothing.</summary>
    public HeldClaims? Claims { get; set; }

    /// <summary>Measures a tool's handler; null for what is no tool.</summary>
    public CallClock? Clock { get; set; }

    /// <summary>Input the handler waits for; null until it asks.</summary>
    public InputExchange? Input { get; set; }

    /// <summary>What the handler was seen to look at or to do.</summary>
    public CallTraits Traits => (CallTraits)Volatile.Read(ref _traits);

    /// <summary>Notes what the handler looks at or does.</summary>
    public void Note(CallTraits trait) => Interlocked.Or(ref _traits, (int)trait);

    /// <summary>Counts the handler's changes of state.</summary>
    public int NextStep() => Interlocked.Increment(ref _steps) - 1;

    /// <summary>True for the one who answers it.</summary>
    public bool TryAnswer() => Interlocked.Exchange(ref _answered, 1) == 0;

    public void Revoke()
    {
        IsRevoked = true;
        Cancel(CancelReason.Revoked);
    }

    /// <exception cref="McpException">Its permission was taken away.</exception>
    public void ThrowIfRevoked()
    {
        if (IsRevoked)
        {
            throw new McpException("The permission for this call was taken away while it ran.");
        }
    }

    /// <summary>When the post's connection closes, the call is cancelled (2026-07-28: closing the response stream cancels).</summary>
    public void CancelWith(CancellationToken disconnected) =>
        _disconnect = disconnected.UnsafeRegister(static call => ((RunningCall)call!).Cancel(CancelReason.Client), this);

    /// <summary>The connection that carried the call is answered; its closing means nothing any more.</summary>
    public void Release() => _disconnect.Dispose();

    public void Cancel(CancelReason reason)
    {
        Interlocked.CompareExchange(ref _reason, (int)reason, (int)CancelReason.None);

        // Handlers hang registrations of their own on this token: never run them under a lock or inside a message's turn.
        _ = _cancellation.CancelAsync();
    }

    /// <summary>The retry of a call that waited for input takes the call over.</summary>
    public void Resume(McpMessage message, RequestMeta meta, PostSink sink)
    {
        (Message, Meta, Sink) = (message, meta, sink);
        Volatile.Write(ref _answered, 0);
    }
}
