using System.Globalization;
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
    private readonly Dictionary<string, RunningCall> _calls = new(StringComparer.Ordinal);
    private TaskCompletionSource? _allAnswered;
    private int _unanswered;
    private long _lastKey;
    private bool _isClosed;

    /// <summary>How many run.</summary>
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

    /// <summary>Takes a call among the running ones, or says why not.</summary>
    public Answer? Add(RunningCall call)
    {
        var limit = configuration.Current.Sessions.MaxConcurrentRequests;
        lock (_gate)
        {
            if (_calls.Count + inputs.Count >= limit)
            {
                var busy = RpcReply.Error(call.Id, RpcError.Refused, $"This session runs {limit} requests already. Try again when some are done.");
                return new Answer(busy, 429, Failed: true);
            }

            call.Key = call.Meta.IsSessionless ? (++_lastKey).ToString(CultureInfo.InvariantCulture) : call.Id.GetRawText();
            if (_isClosed || !_calls.TryAdd(call.Key, call))
            {
                var problem = _isClosed ? "The session has ended." : "A request with this id is still running.";
                return Answer.Error(call.Id, RpcError.InvalidRequest, problem, call.Meta.IsSessionless);
            }

            _unanswered++;
            return null;
        }
    }

    /// <summary>The call of this key, if it runs.</summary>
    public RunningCall? Find(string key)
    {
        lock (_gate)
        {
            return _calls.GetValueOrDefault(key);
        }
    }

    /// <summary>Answers a call, unless it was answered before: its permission may have been taken away while it ran.</summary>
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
        lock (_gate)
        {
            if (--_unanswered == 0)
            {
                _allAnswered?.TrySetResult();
            }
        }
    }

    /// <summary>Takes no call from now on. Those that run go on.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _isClosed = true;
        }
    }

    /// <summary>Cancels all that run or wait for their user's input, and says how many there were.</summary>
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
    /// Whether a call runs that was begun at that time or before. Calls that begin later are not waited for, or a session in use would keep
    /// its process for ever; nor are subscriptions, which last as long as their clients do.
    /// </summary>
    /// <param name="tick">The time, as <see cref="Environment.TickCount64"/> counts it.</param>
    public bool AnyBegunBy(long tick) =>
        Array.Exists(All, call => call.BegunAt <= tick && call.Message.Method != RequestMethods.SubscriptionsListen);

    /// <summary>Lets cancelled calls say so on their streams before those are closed. A handler that ignores its cancellation is not waited for.</summary>
    public Task AllAnsweredAsync()
    {
        lock (_gate)
        {
            if (_unanswered == 0)
            {
                return Task.CompletedTask;
            }

            _allAnswered ??= new(TaskCreationOptions.RunContinuationsAsynchronously);
            return Task.WhenAny(_allAnswered.Task, Task.Delay(s_lastWords, TimeProvider.System));
        }
    }
}
