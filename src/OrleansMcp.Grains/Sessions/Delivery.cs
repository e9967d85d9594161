using System.Diagnostics;
using OrleansMcp.Secrets.Callers;
using OrleansMcp.Sessions;

namespace OrleansMcp.Grains.Sessions;

/// <summary>
/// The run of one delivered message. Runs on the thread pool and not in the grain's turn, so that a tool that blocks its thread does not
/// delay the end of its session.
/// </summary>
internal sealed class Delivery : IThreadPoolWorkItem
{
    private readonly TaskCompletionSource<SessionReply> _reply = new();
    private readonly Session _session;
    private PostCall? _call; // null once it runs: a delivery is kept for longer than its message
    private CallerToken? _token; // zeroed once the message was answered
    private Activity? _activity = Activity.Current; // of the grain call; null once it runs

    private Delivery(Session session, PostCall call, CallerToken? token, bool mayRunAgain)
    {
        (_session, _call, _token, Caller, MayRunAgain) = (session, call, token, call.Caller, mayRunAgain);
        (Sender, Sequence) = (call.Options.Delivery.Sender, call.Options.Delivery.Sequence);
        Abort = Protocol.ProtocolVersions.IsSessionless(call.Options.ProtocolVersion) ? new CancellationTokenSource() : null;
    }

    /// <summary>The sender. A delivery's state and reply are for this caller only.</summary>
    public Caller Caller { get; }

    /// <summary>The front end's process that sent it.</summary>
    public long Sender { get; }

    public long Sequence { get; }

    /// <summary>Whether the message may run twice.</summary>
    public bool MayRunAgain { get; }

    public Task<SessionReply> Reply => _reply.Task;

    /// <summary>Cancels the call when the client disconnects; null for revisions where calls outlive the connection.</summary>
    public CancellationTokenSource? Abort { get; }

    public bool IsHeld { get; set; }

    /// <summary>Starts the run of a message. The token belongs to the delivery from here on.</summary>
    public static Delivery Start(Session session, PostCall call, CallerToken? token, bool mayRunAgain)
    {
        var delivery = new Delivery(session, call, token, mayRunAgain);
        ThreadPool.UnsafeQueueUserWorkItem(delivery, preferLocal: true);
        return delivery;
    }

    void IThreadPoolWorkItem.Execute() => _ = DeliverAsync();

    private async Task DeliverAsync()
    {
        // The work item runs without the execution context of the grain call, so the trace is restored here.
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
        finally
        {
            Interlocked.Exchange(ref _token, null)?.Dispose();
        }
    }

    private ValueTask<SessionReply> PostAsync(PostCall call)
    {
        var gone = Abort?.Token ?? CancellationToken.None;
        var options = call.Options with { Token = _token, SealedToken = null };
        return call.Message is { } message
            ? _session.PostAsync(call.Caller, message, options, gone)
            : _session.PostBatchAsync(call.Caller, call.Batch ?? [], options, gone);
    }
}
