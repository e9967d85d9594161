using OrleansMcp.Memory;
using OrleansMcp.Protocol;
using OrleansMcp.Quotas;
using OrleansMcp.Sessions.ToolCalls;

namespace OrleansMcp.Sessions.Calls;

/// <summary>
/// Charges the calls of one session for what they hold, their requests while they run and their answers until those are handed over, and for the
/// time that their requests took to parse.
/// </summary>
internal sealed class CallCharges(HeldMemory memory, SessionAccount account, ReplyWriter replies, TimeProvider time)
{
    // What an answer of this size takes is within what every request is charged for.
    private const int SmallAnswer = 4096;

    /// <summary>What is charged for a request. A front end in this process has charged it already; for one in another, it is charged here.</summary>
    /// <exception cref="QuotaExceededException">Its client, tenant or process holds too much.</exception>
    public HeldBytes Take(Caller caller, McpMessage message)
    {
        if (message.ParsedIn > TimeSpan.Zero)
        {
            account.ChargeCompute((long)message.ParsedIn.TotalMicroseconds);
        }

        if (message.TakeHeld() is { } held)
        {
            return held;
        }

        held = memory.Hold(caller);
        held.Take(JsonCost.Of(message.Utf8.Span).Held);
        return held;
    }

    /// <summary>Waits until the client has a share of the processor for a large request.</summary>
    public Task WaitAsync(RunningCall call) =>
        call.Held?.Wait(time) is { Ticks: > 0 } wait ? Task.Delay(wait, time, call.Token) : Task.CompletedTask;

    /// <summary>A large request was dispatched in so long. What its handler did not take of it was for checks, which are charged like a handler.</summary>
    public void Dispatched(RunningCall call, TimeSpan taken)
    {
        // A call that waited for its turn may have been handled on another thread meanwhile.
        var elapsed = taken > call.HandledIn ? taken - call.HandledIn : TimeSpan.Zero;
        call.Held?.Computed(elapsed, time);
        account.ChargeCompute((long)elapsed.TotalMicroseconds);
    }

    /// <summary>The answer that may be given: this one, or that it would hold too much.</summary>
    public Answer Charge(RunningCall call, Answer answer) =>
        call.Cancelled == CancelReason.OutOfMemory && answer.Body is not null ? Refuse(call, HeldBytes.GivenUp)
        : answer.Body is { Length: > SmallAnswer } body && call.Held?.TryTake(body.Length, out var refusal) == false ? Refuse(call, refusal)
        : answer;

    /// <summary>Answers that the call holds, or would hold, more than may be held.</summary>
    public Answer Refuse(RunningCall call, QuotaRefusal refusal)
    {
        account.Report(call.Caller, refusal);
        return replies.WriteRefusal(call.Message, call.Meta.IsSessionless, refusal);
    }
}
