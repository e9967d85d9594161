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

/// <summary>Writes a session's stream as server-sent events, with a comment now and then so that proxies keep a quiet one.</summary>
internal sealed class EventStreamWriter(IConfigurationSource configuration, IDrain drain, TimeProvider time)
{
    private static readonly byte[] s_comment = ": keep-alive\n\n"u8.ToArray();

    /// <param name="context">The request.</param>
    /// <param name="session">Whose stream.</param>
    /// <param name="caller">Who reads.</param>
    /// <param name="request">Which stream, and from where.</param>
    /// <param name="id">The request that the stream answers, if any.</param>
    /// <param name="isOwed">Whether the stream will end with an answer. A stopping process lets go of the others first.</param>
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
                    // The session took this very request, and left or ended before its answer was read: that is no refusal.
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
                // The client left, or the server stops.
            }
        }
    }

    /// <summary>One message as a stream, for a client that reads nothing else.</summary>
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
        // The head goes out at once: a client waits for it before it takes the stream for open.
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
                    // Nobody is written to any more. What is being read must be over before it can be disposed of.
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
