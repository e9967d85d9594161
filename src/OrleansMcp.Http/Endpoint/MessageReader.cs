using Microsoft.AspNetCore.Http;
using OrleansMcp.Configuration;
using OrleansMcp.Memory;
using OrleansMcp.Protocol;
using OrleansMcp.Quotas;
using OrleansMcp.Sessions;
using OrleansMcp.Signals;

namespace OrleansMcp.Http.Endpoint;

/// <summary>
/// Makes messages of bodies, the cheap checks first: bytes as they arrive, then tokens, keys and depth, then what the document will hold, then
/// the parser. Large bodies are read in turns (<see cref="ParseTurns"/>).
/// </summary>
internal sealed class MessageReader(HeldMemory memory, BodyReader bodies, ParseTurns turns, IConfigurationSource configuration, ISignals signals)
{
    /// <summary>Reads the body of a request. The messages are charged for what they hold (<see cref="McpMessage.TakeHeld"/>).</summary>
    /// <param name="context">The request.</param>
    /// <param name="caller">Who sent it.</param>
    /// <param name="refusal">
    /// The quota that the client has used up, or null. Then only a small body is read, because it may be a message that is never refused.
    /// </param>
    /// <exception cref="BadHttpRequestException">The body is too large, too slow or incomplete.</exception>
    public async ValueTask<ReadBody> ReadAsync(HttpContext context, Caller caller, QuotaRefusal? refusal)
    {
        if (refusal is not null && context.Request.ContentLength > JsonCost.Large)
        {
            return new ReadBody(refusal);
        }

        var held = memory.Hold(caller);
        var isGiven = false;
        try
        {
            held.Take(JsonCost.Request);
            if (await bodies.ReadAsync(context.Request, held, refusal is null ? int.MaxValue : JsonCost.Large) is not { } body)
            {
                return new ReadBody(refusal!);
            }

            var read = body.Length < JsonCost.Large ? Parse(body, held) : await ParseInTurnAsync(body, held, caller, context.RequestAborted);
            isGiven = read.Error is null && read.Refusal is null;
            return refusal is not null && !isGiven ? new ReadBody(refusal) : read;
        }
        catch (QuotaExceededException e)
        {
            signals.Raise(Signal.OverQuota(caller, e.Refusal));
            return new ReadBody(e.Refusal);
        }
        finally
        {
            if (!isGiven)
            {
                held.Dispose();
            }
        }
    }

    /// <summary>
    /// Reads the rest of a body that was refused, at the pace of the client's others, after its answer: a client that is still sending would
    /// otherwise see its connection break and not the answer.
    /// </summary>
    public async ValueTask DiscardAsync(HttpContext context, Caller caller)
    {
        using var held = memory.Hold(caller);
        await bodies.DiscardAsync(context, held);
    }

    private ValueTask<ReadBody> ParseInTurnAsync(byte[] body, HeldBytes held, Caller caller, CancellationToken cancellationToken) =>
        turns.RunAsync(caller, held, () => Parse(body, held), cancellationToken);

    private ReadBody Parse(byte[] body, HeldBytes held)
    {
        if (!JsonCost.TryMeasure(body, configuration.Current.Endpoint.Json, out var cost, out var problem) && problem is not null)
        {
            return new ReadBody(problem.Error, problem.Status);
        }

        held.Take(Math.Max(0, cost.Held - held.Bytes));
        if (!McpMessageParser.TryParse(body, out var message, out var batch, out var error))
        {
            return new ReadBody(error, StatusCodes.Status400BadRequest);
        }

        if (message is not null)
        {
            message.GiveHeld(held);
            return new ReadBody(message);
        }

        foreach (var one in batch!)
        {
            // Each is charged like a message that came alone, because it may stay when the others are gone.
            var its = JsonCost.Of(one.Utf8.Span).Held;
            held.TakeAnyway(its);
            one.GiveHeld(held.Split(its));
        }

        held.Dispose();
        return new ReadBody(batch);
    }
}

/// <summary>What a body contained: one message, a batch, or an error to answer with; or the quota that it was refused for.</summary>
internal readonly record struct ReadBody(McpMessage? Message, IReadOnlyList<McpMessage>? Batch, McpParseError? Error, int Status, QuotaRefusal? Refusal = null)
{
    public ReadBody(QuotaRefusal refusal) : this(Message: null, Batch: null, Error: null, QuotaJson.StatusOf(refusal), refusal)
    {
    }

    public ReadBody(McpMessage message) : this(message, Batch: null, Error: null, StatusCodes.Status200OK)
    {
    }

    public ReadBody(IReadOnlyList<McpMessage> batch) : this(Message: null, batch, Error: null, StatusCodes.Status200OK)
    {
    }

    public ReadBody(McpParseError error, int status) : this(Message: null, Batch: null, error, status)
    {
    }

    /// <summary>Stops charging messages that nobody took.</summary>
    public void Release()
    {
        Message?.TakeHeld()?.Dispose();
        foreach (var message in Batch ?? [])
        {
            message.TakeHeld()?.Dispose();
        }
    }
}
