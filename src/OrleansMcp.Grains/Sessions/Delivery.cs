using System.Diagnostics;
using OrleansMcp.Sessions;

namespace OrleansMcp.Grains.Sessions;

/// <summary>
/// One message on its way through the actor. It runs off the grain's turn: a tool that blocks its thread must not keep the end of its own
/// session waiting.
/// </summary>
internal sealed class Delivery : IThreadPoolWorkItem
{
    private readonly TaskCompletionSource<SessionReply> _reply = new();
    private readonly Session _session;
    private PostCall? _call; // until it runs: a delivery is held for longer than its message
    private Activity? _activity = Activity.Current; // that of the grain call, until it runs

    private Delivery(Session session, PostCall call, bool mayRunAgain)
    {
        (_session, _call, Caller, MayRunAgain) = (session, call, call.Caller, mayRunAgain);
        (Sender, Sequence) = (call.Options.Delivery.Sender, call.Options.Delivery.Sequence);
        Abort = Protocol.ProtocolVersions.IsSessionless(call.Options.ProtocolVersion) ? new CancellationTokenSource() : null;
    }

    /// <summary>Who sent it; nobody else is told what became of it.</summary>
    public Caller Caller { get; }

    /// <summary>The process that sent it.</summary>
    public long Sender { get; }

    public long Sequence { get; }

    /// <summary>Whether running it once more does nothing twice.</summary>
    public bool MayRunAgain { get; }

    public Task<SessionReply> Reply => _reply.Task;

    /// <summary>Tells the actor that the client has gone, where that means something.</summary>
    public CancellationTokenSource? Abort { get; }

    public bool IsHeld { get; set; }

    /// <summary>Hands a message to the actor.</summary>
    public static Delivery Start(Session session, PostCall call, bool mayRunAgain)
    {
        var delivery = new Delivery(session, call, mayRunAgain);
        ThreadPool.UnsafeQueueUserWorkItem(delivery, preferLocal: true);
        return delivery;
    }

    void IThreadPoolWorkItem.Execute() => _ = DeliverAsync();

    private async Task DeliverAsync()
    {
        // The thread pool starts a delivery outside of the grain call's context; what the session does belongs to the same trace.
        if (Interlocked.Exchange(ref _activity, null) is { } activity)
        {
            Activity.Current = activity;
        }

        try
        {
            _reply.SetResult(await PostAsync(Interlocked.Exchange(ref _call, null)!));
        }
        catch (OperationCanceledException e)
        {
            _reply.SetCanceled(e.CancellationToken);
        }
        catch (Exception e)
        {
            _reply.SetException(e);
        }
    }

    private ValueTask<SessionReply> PostAsync(PostCall call)
    {
        var gone = Abort?.Token ?? CancellationToken.None;
        return call.Message is { } message
            ? _session.PostAsync(call.Caller, message, call.Options, gone)
            : _session.PostBatchAsync(call.Caller, call.Batch ?? [], call.Options, gone);
    }
}
