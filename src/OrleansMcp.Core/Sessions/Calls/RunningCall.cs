using System.Text.Json;
using ModelContextProtocol;
using OrleansMcp.Permissions;
using OrleansMcp.Protocol;
using OrleansMcp.Quotas;

namespace OrleansMcp.Sessions.Calls;

/// <summary>
/// A request while it is being handled. A call of 2026-07-28 that waits for its user's input lives on between two requests: the retry
/// takes it over (<see cref="Resume"/>).
/// </summary>
internal sealed class RunningCall
{
    // Never disposed: it has no timer and no link, and a cancel may come at any moment from another thread.
    private readonly CancellationTokenSource _cancellation = new();
    private CancellationTokenRegistration _disconnect;
    private int _steps;
    private int _answered;
    private int _traits;

    public RunningCall(Session session, Caller caller, McpMessage message, RequestMeta meta, PostSink sink)
    {
        Session = session;
        Caller = caller;
        Message = message;
        Meta = meta;
        Sink = sink;
        Name();
    }

    public Session Session { get; }

    public Caller Caller { get; }

    public McpMessage Message { get; private set; }

    public JsonElement Id => Message.Id;

    /// <summary>
    /// What the call is known by while it runs: its id, which a client must not reuse within a session. Clients of 2026-07-28 that act for
    /// one principal know nothing of each other and may all count from 1: there every request is its own.
    /// </summary>
    public string Key { get; private set; } = "";

    public RequestMeta Meta { get; private set; }

    public PostSink Sink { get; private set; }

    /// <summary>Cancelled by the client, by the end of the session, or (2026-07-28) by a closed response stream.</summary>
    public CancellationToken Token => _cancellation.Token;

    /// <summary>Set when the client cancelled: no answer is owed.</summary>
    public bool CancelledByClient { get; private set; }

    /// <summary>Input the handler waits for; null until it asks.</summary>
    public InputExchange? Input { get; set; }

    /// <summary>What the handler left behind in an earlier round of the same request.</summary>
    public string? PriorState { get; init; }

    /// <summary>How often the handler asked for input.</summary>
    public int InputRounds { get; set; }

    /// <summary>When it came, as <see cref="Environment.TickCount64"/> counts time.</summary>
    public long BegunAt { get; } = Environment.TickCount64;

    /// <summary>Names the message over all deliveries of it; empty when it is delivered once.</summary>
    public DeliveryName Delivery { get; init; }

    /// <summary>The tool's name, for metrics.</summary>
    public string? Tool { get; set; }

    /// <summary>What it uses, from the moment it was judged; null before, and for what needs no permission.</summary>
    public PermissionNeed? Need { get; set; }

    /// <summary>Resources it was permitted to watch, for as long as it runs.</summary>
    public IList<string>? Watched { get; set; }

    /// <summary>Whether its permission was taken away while it ran. A handler that goes on all the same changes nothing any more.</summary>
    public bool IsRevoked { get; private set; }

    /// <summary>True for the one who answers it.</summary>
    public bool TryAnswer() => Interlocked.Exchange(ref _answered, 1) == 0;

    public void Revoke()
    {
        IsRevoked = true;
        Cancel(byClient: false);
    }

    public void ThrowIfRevoked()
    {
        if (IsRevoked)
        {
            throw new McpException("The permission for this call was taken away while it ran.");
        }
    }

    /// <summary>Whether a tool has returned a result that is no error.</summary>
    public bool Succeeded { get; set; }

    /// <summary>What the call has reserved of the session's own policy counters.</summary>
    public HeldCounters? HeldBySession { get; set; }

    /// <summary>What the call has reserved of the counters of its client and tenant.</summary>
    public HeldCounters? HeldByTenant { get; set; }

    /// <summary>Measures a tool's handler; null before it begins.</summary>
    public CallClock? Clock { get; set; }

    /// <summary>Set when the call took longer than it may.</summary>
    public bool TimedOut { get; set; }

    /// <summary>Set when the handler gave back the thread that it began on.</summary>
    public bool HasYielded { get; set; }

    /// <summary>How its result is kept; null: not at all.</summary>
    public KeepingOfOutput? Keeping { get; set; }

    /// <summary>What it was seen to look at or to do.</summary>
    public CallTraits Traits => (CallTraits)Volatile.Read(ref _traits);

    /// <summary>How its tool answered, for the tool log: a code; null before.</summary>
    public string? Outcome { get; set; }

    /// <summary>Notes what the handler looks at or does.</summary>
    public void Note(CallTraits trait) => Interlocked.Or(ref _traits, (int)trait);

    /// <summary>Counts the handler's changes of state.</summary>
    public int NextStep() => Interlocked.Increment(ref _steps) - 1;

    /// <summary>When the post's connection closes, the call is cancelled (2026-07-28: closing the response stream cancels).</summary>
    public void CancelWith(CancellationToken disconnected) =>
        _disconnect = disconnected.UnsafeRegister(static call => ((RunningCall)call!).Cancel(byClient: true), this);

    /// <summary>The connection that carried the call is answered; its closing means nothing any more.</summary>
    public void Release() => _disconnect.Dispose();

    public void Cancel(bool byClient)
    {
        CancelledByClient |= byClient;

        // Handlers hang registrations of their own on this token: never run them under a lock or inside a message's turn.
        _ = _cancellation.CancelAsync();
    }

    /// <summary>The retry of a call that waited for input takes the call over.</summary>
    public void Resume(McpMessage message, RequestMeta meta, PostSink sink)
    {
        (Message, Meta, Sink) = (message, meta, sink);
        Volatile.Write(ref _answered, 0);
        Name();
    }

    private void Name() =>
        Key = Meta.IsSessionless ? Session.NextCallKey() : Message.Id.GetRawText();
}
