using ModelContextProtocol.Protocol;
using OrleansMcp.Configuration;
using OrleansMcp.Protocol;
using OrleansMcp.Sessions.Input;

namespace OrleansMcp.Sessions.Calls;

/// <summary>The calls of one session that run: how many there may be, how each is answered, and how all of them are cancelled.</summary>
internal sealed class RunningCalls(IConfigurationSource configuration, PendingInputs inputs)
{
    private static readonly TimeSpan s_lastWords = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new(); // guards all that follows
    private readonly Dictionary<long, RunningCall> _calls = [];
    private TaskCompletionSource? _allAnswered;
    private int _unanswered;
    private long _lastKey;
    private bool _isClosed;

    /// <summary>The clock by which calls that ignore their cancellation are given up. Default: the machine's, which a session that must leave needs.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>The number of running calls.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _calls.Count;
            }
        }
    }

    public RunningCall[] All
    {
        get
        {
            lock (_gate)
            {
                return [.. _calls.Values];
            }
        }
    }

    /// <summary>Adds a call. Null when it was added, otherwise the answer that refuses it.</summary>
    public Answer? Add(RunningCall call)
    {
        var limit = configuration.Current.Sessions.MaxConcurrentRequests;
        lock (_gate)
        {
            if (_calls.Count + inputs.Count >= limit)
            {
                var busy = RpcReply.Error(call.Id, RpcError.Refused, $"This session runs {limit} requests already. Try again when some are done.");
                return new Answer(busy, 429, AnswerOutcome.Refused);
            }

            if (_isClosed)
            {
                return Answer.Error(call.Id, RpcError.InvalidRequest, "The session has ended.", call.Meta.IsSessionless);
            }

            call.Key = ++_lastKey;
            _calls.Add(call.Key, call);
            _unanswered++;
            return null;
        }
    }

    /// <summary>
    /// The newest running call with this id that a notification may cancel; null when there is none. A call of 2026-07-28 is cancelled by closing
    /// its connection, and its id may be that of another client of the same principal.
    /// </summary>
    public RunningCall? FindNewest(RpcId id)
    {
        lock (_gate)
        {
            return _calls.Values.Where(call => !call.Meta.IsSessionless && RpcId.Of(call.Id) == id).MaxBy(call => call.Key);
        }
    }

    /// <summary>Answers a call, unless it was answered before, as by a revocation while it ran.</summary>
    public void Complete(RunningCall call, Answer answer)
    {
        if (!call.TryAnswer())
        {
            return;
        }

        call.Release();
        lock (_gate)
        {
            _calls.Remove(call.Key);
        }

        call.Sink.Finish(answer);
        call.Drop();
        lock (_gate)
        {
            if (--_unanswered == 0)
            {
                _allAnswered?.TrySetResult();
            }
        }
    }

    /// <summary>Refuses every call from now on. Running calls continue.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _isClosed = true;
        }
    }

    /// <summary>Cancels all calls that run or wait for their user's input, and returns their number.</summary>
    public int CancelAll(CancelReason reason)
    {
        RunningCall[] calls = [.. All, .. inputs.TakeAll()];
        foreach (var call in calls)
        {
            call.Cancel(reason);
        }

        return calls.Length;
    }

    /// <summary>
    /// Whether a call runs that began at that time or before. A stopping process does not wait for later calls, which might never end, nor
    /// for subscriptions, which last as long as their clients do.
    /// </summary>
    /// <param name="tick">The time by <see cref="Environment.TickCount64"/>.</param>
    public bool AnyBegunBy(long tick) =>
        Array.Exists(All, call => call.BegunAt <= tick && call.Message.Method != RequestMethods.SubscriptionsListen);

    /// <summary>
    /// Completes when all calls are answered, so that cancelled calls can write to their streams before those are closed; after one second
    /// in any case, as a handler may ignore its cancellation.
    /// </summary>
    public Task AllAnsweredAsync()
    {
        lock (_gate)
        {
            if (_unanswered == 0)
            {
                return Task.CompletedTask;
            }

            _allAnswered ??= new(TaskCreationOptions.RunContinuationsAsynchronously);
            return Task.WhenAny(_allAnswered.Task, Task.Delay(s_lastWords, Time));
        }
    }
}
