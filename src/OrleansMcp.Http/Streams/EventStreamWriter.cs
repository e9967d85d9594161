using OrleansMcp.Http.Responses;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using OrleansMcp.Configuration;
using OrleansMcp.Hosting;
using OrleansMcp.Http.Endpoint;
using OrleansMcp.Protocol;
using OrleansMcp.Sessions;

namespace OrleansMcp.Http.Streams;

/// <summary>Writes a session's stream as server-sent events, with keep-alive comments so that proxies do not close a quiet connection.</summary>
internal sealed class EventStreamWriter(IConfigurationSource configuration, IDrain drain, TimeProvider time)
{
    private static readonly byte[] s_comment = ": keep-alive\n\n"u8.ToArray();

    /// <param name="context">The request.</param>
    /// <param name="session">The session whose stream is read.</param>
    /// <param name="caller">The reader.</param>
    /// <param name="request">Which stream to read, and from which event on.</param>
    /// <param name="id">The request that the stream answers, if any.</param>
    /// <param name="isOwed">Whether the stream ends with the answer to a request. A stopping process closes the other streams first.</param>
    public async Task WriteAsync(HttpContext context, ISession session, Caller caller, StreamRequest request, JsonElement id, bool isOwed)
    {
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
                await CopyAsync(events, context.Response.BodyWriter, ending);
            }
            catch (OperationCanceledException) when (ending.IsCancellationRequested)
            {
                // The client disconnected, or the server stops.
            }
        }
    }

    /// <summary>Writes one message as a stream, for a client that accepts nothing else.</summary>
    public async Task WriteOneAsync(HttpContext context, int status, ReadOnlyMemory<byte> message)
    {
        Begin(context, status);
        Write(context.Response.BodyWriter, new SessionEvent(SessionEventKind.Message, Data: message));
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

    private async Task CopyAsync(IAsyncEnumerator<SessionEvent> events, PipeWriter writer, CancellationTokenSource ending)
    {
        // The response headers are sent at once, because a client waits for them.
        var cancellationToken = ending.Token;
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

            Write(writer, events.Current);
            if (writer.CanGetUnflushedBytes && writer.UnflushedBytes > 32 * 1024)
            {
                await writer.FlushAsync(cancellationToken);
            }
        }
    }

    private Task Quiet(CancellationToken cancellationToken) =>
        Task.Delay(configuration.Current.Endpoint.KeepAlive, time, cancellationToken);

    private static void Write(PipeWriter writer, SessionEvent item)
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
            Put(writer, Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"retry: {(long)retry.TotalMilliseconds}\n")));
        }

        Put(writer, "data: "u8);
        Put(writer, item.Data.Span);
        Put(writer, "\n\n"u8);
    }

    private static void Put(PipeWriter writer, ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(writer.GetSpan(bytes.Length));
        writer.Advance(bytes.Length);
    }
}
