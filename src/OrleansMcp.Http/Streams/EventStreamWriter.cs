using OrleansMcp.Http.Responses;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using ModelContextProtocol.Protocol;
using OrleansMcp.Configuration;
using OrleansMcp.Hosting;
using OrleansMcp.Http.Endpoint;
using OrleansMcp.Http.Transfers;
using OrleansMcp.Memory;
using OrleansMcp.Protocol;
using OrleansMcp.Sessions;
using OrleansMcp.Signals;

namespace OrleansMcp.Http.Streams;

/// <summary>Writes a session's stream as server-sent events, with keep-alive comments so that proxies do not close a quiet connection.</summary>
internal sealed class EventStreamWriter(IConfigurationSource configuration, HeldMemory memory, PacedWriter paced, IDrain drain, ISignals signals, TimeProvider time)
{
    private const int Small = 32 * 1024;
    private static readonly byte[] s_comment = ": keep-alive\n\n"u8.ToArray();

    /// <param name="context">The request.</param>
    /// <param name="session">The session whose stream is read.</param>
    /// <param name="caller">The reader.</param>
    /// <param name="request">Which stream to read, and from which event on.</param>
    /// <param name="id">The request that the stream answers, if any.</param>
    /// <param name="isOwed">Whether the stream ends with the answer to a request. A stopping process closes the other streams first.</param>
    public async Task WriteAsync(HttpContext context, ISession session, Caller caller, StreamRequest request, JsonElement id, bool isOwed)
    {
        using var held = memory.Hold(caller);
        Charge(held, caller, isOwed);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, isOwed ? drain.Calls : drain.Listeners);
        var events = session.ListenAsync(caller, request, ending.Token).GetAsyncEnumerator(ending.Token);
        await using (events)
        {
            try
            {
                await events.MoveNextAsync();
                if (isOwed && request.LastEventId is null && events.Current.Kind is SessionEventKind.NotFound or SessionEventKind.Lost)
                {
                    // The session took this request, and was passivated or ended before its answer was read. The request may have taken
                    // effect, so it is not refused.
                    await Replies.JsonAsync(context, LostAnswer.Status, LostAnswer.To(id));
                    return;
                }

                if (events.Current is { Kind: SessionEventKind.OverQuota, Retry: { } after })
                {
                    await Replies.OverQuotaAsync(context, new QuotaRefusal(Quota.Requests, QuotaScope.Session, (int)after.TotalSeconds), id);
                    return;
                }

                if (events.Current.Kind == SessionEventKind.NotFound)
                {
                    await Replies.NotFoundAsync(context, id);
                    return;
                }

                if (events.Current.Kind == SessionEventKind.Lost)
                {
                    await Replies.ErrorAsync(context, StatusCodes.Status400BadRequest, RpcError.InvalidRequest,
                        "The events after this Last-Event-ID are no longer held. Send the request again.", id);
                    return;
                }

                Begin(context, StatusCodes.Status200OK);
                if (!isOwed && id.ValueKind == JsonValueKind.Undefined) // A GET.
                {
                    PutRetry(context.Response.BodyWriter, configuration.Current.Endpoint.ReconnectAfter);
                    Put(context.Response.BodyWriter, "\n"u8);
                }

                await CopyAsync(events, context, caller, ending);
            }
            catch (OperationCanceledException) when (ending.IsCancellationRequested)
            {
                // The client disconnected, or the server stops.
                if (!isOwed && id.ValueKind != JsonValueKind.Undefined && context.Response.HasStarted && !context.RequestAborted.IsCancellationRequested)
                {
                    await EndSubscriptionAsync(context, caller, id);
                }
            }
        }
    }

    /// <summary>Writes one message as a stream, for a client that accepts nothing else.</summary>
    public async Task WriteOneAsync(HttpContext context, Caller caller, int status, ReadOnlyMemory<byte> message)
    {
        Begin(context, status);
        await WriteAsync(context, caller, new SessionEvent(SessionEventKind.Message, Data: message));
        await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
    }

    private static void Begin(HttpContext context, int status)
    {
        var response = context.Response;
        response.StatusCode = status;
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-cache, no-transform";
        response.Headers["X-Accel-Buffering"] = "no";
        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
    }

    private async Task CopyAsync(IAsyncEnumerator<SessionEvent> events, HttpContext context, Caller caller, CancellationTokenSource ending)
    {
        // The response headers are sent at once, because a client waits for them.
        var (writer, cancellationToken) = (context.Response.BodyWriter, ending.Token);
        await writer.FlushAsync(cancellationToken);
        var quiet = Quiet(cancellationToken);
        while (true)
        {
            var next = events.MoveNextAsync();
            if (!next.IsCompleted)
            {
                var moving = next.AsTask();
                try
                {
                    await writer.FlushAsync(cancellationToken);
                    while (await Task.WhenAny(moving, quiet) == quiet && !moving.IsCompleted)
                    {
                        cancellationToken.ThrowIfCancellationRequested();
                        await writer.WriteAsync(s_comment, cancellationToken);
                        quiet = Quiet(cancellationToken);
                    }
                }
                catch
                {
                    // The connection is broken. The pending MoveNextAsync must complete before the enumerator can be disposed.
                    await ending.CancelAsync();
                    await ((Task)moving).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                    throw;
                }

                next = new ValueTask<bool>(moving);
            }

            if (!await next)
            {
                await writer.FlushAsync(cancellationToken);
                return;
            }

            await WriteAsync(context, caller, events.Current);
            if (writer.CanGetUnflushedBytes && writer.UnflushedBytes > 32 * 1024)
            {
                await writer.FlushAsync(cancellationToken);
            }
        }
    }

    /// <summary>Tells the client of a <c>subscriptions/listen</c> that it ended in order (patterns/subscriptions, Graceful Closure): the session goes on elsewhere.</summary>
    private async Task EndSubscriptionAsync(HttpContext context, Caller caller, JsonElement id)
    {
        var result = new EmptyResult { ResultType = "complete", Meta = [] };
        result.Meta[MetaKeys.SubscriptionId] = JsonValue.Create(id);
        await WriteAsync(context, caller, new SessionEvent(SessionEventKind.Message, Data: RpcReply.Result(id, result)));
        await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
    }

    private Task Quiet(CancellationToken cancellationToken) =>
        Task.Delay(configuration.Current.Endpoint.KeepAlive, time, cancellationToken);

    /// <summary>A stream that answers a request is owed, whatever the client holds; one that only listens is not.</summary>
    private void Charge(HeldBytes held, Caller caller, bool isOwed)
    {
        if (isOwed)
        {
            held.TakeAnyway(JsonCost.Request);
        }
        else if (!held.TryTake(JsonCost.Request, out var refusal))
        {
            signals.Raise(Signal.OverQuota(caller, refusal));
            throw new QuotaExceededException(refusal);
        }
    }

    private Task WriteAsync(HttpContext context, Caller caller, SessionEvent item)
    {
        var writer = context.Response.BodyWriter;
        Begin(writer, item);
        if (item.Data.Length <= Small)
        {
            Put(writer, item.Data.Span);
            Put(writer, "\n\n"u8);
            return Task.CompletedTask;
        }

        return WriteLargeAsync(context, caller, item.Data);
    }

    private async Task WriteLargeAsync(HttpContext context, Caller caller, ReadOnlyMemory<byte> data)
    {
        await paced.WriteAsync(context, caller, data);
        Put(context.Response.BodyWriter, "\n\n"u8);
    }

    private static void Begin(PipeWriter writer, SessionEvent item)
    {
        if (item.Kind == SessionEventKind.Message)
        {
            Put(writer, "event: message\n"u8);
        }

        if (item.Id is { } id)
        {
            Put(writer, "id: "u8);
            Put(writer, Encoding.ASCII.GetBytes(id));
            Put(writer, "\n"u8);
        }

        if (item.Retry is { } retry)
        {
            PutRetry(writer, retry);
        }

        Put(writer, "data: "u8);
    }

    private static void PutRetry(PipeWriter writer, TimeSpan retry) =>
        Put(writer, Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"retry: {(long)retry.TotalMilliseconds}\n")));

    private static void Put(PipeWriter writer, ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(writer.GetSpan(bytes.Length));
        writer.Advance(bytes.Length);
    }
}
