using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using OrleansMcp.Configuration;
using OrleansMcp.Http.Transfers;
using OrleansMcp.Memory;

namespace OrleansMcp.Http.Endpoint;

/// <summary>Reads bodies. Holds, and charges, the bytes that have arrived, not those that were announced.</summary>
internal sealed class BodyReader(IConfigurationSource configuration, TimeProvider time)
{
    // While the body arrives, an array with room for more holds it; then what is read from it is held too.
    private const int HeldPerByte = 2;
    private const string Json = "application/json";

    /// <summary>Why the body is no JSON in UTF-8, or is encoded, which is 415; null when it is as it should be.</summary>
    public static string? TypeProblem(HttpRequest request) =>
        request.Headers.ContentEncoding.Count > 0 ? "The body must come as it is, without Content-Encoding."
        : string.IsNullOrEmpty(request.ContentType) ? "The header Content-Type is missing; it must be application/json."
        : IsJson(request.ContentType) ? null
        : "The Content-Type must be application/json in UTF-8.";

    private static bool IsJson(string type)
    {
        if (!type.StartsWith(Json, StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        return type.Length == Json.Length
            || (Microsoft.Net.Http.Headers.MediaTypeHeaderValue.TryParse(type, out var parsed)
                && parsed.MediaType.Equals(Json, StringComparison.OrdinalIgnoreCase)
                && (parsed.Charset.Length == 0 || parsed.Charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase)
                    || parsed.Charset.Equals("\"utf-8\"", StringComparison.OrdinalIgnoreCase)));
    }

    /// <summary>Reads a body to its end.</summary>
    /// <param name="request">The request.</param>
    /// <param name="held">Charged for a body of more than <see cref="Protocol.JsonCost.Small"/> bytes, twice its bytes; null for an operator's.</param>
    /// <param name="most">Null is returned for a longer one, the rest of which was not read.</param>
    /// <exception cref="BadHttpRequestException">The body is too large, too slow or incomplete.</exception>
    /// <exception cref="QuotaExceededException">The client, its tenant or the process holds too much.</exception>
    public async ValueTask<byte[]?> ReadAsync(HttpRequest request, HeldBytes? held, int most)
    {
        var reader = request.BodyReader;
        var result = await BodyPipe.ReadAsync(request.HttpContext);
        if (!result.IsCompleted)
        {
            return await ReadOnAsync(request, result, held, most);
        }

        byte[]? body;
        try
        {
            Charge(held, before: 0, after: (int)result.Buffer.Length);
            body = result.Buffer.Length > most ? null : result.Buffer.ToArray();
        }
        finally
        {
            reader.AdvanceTo(result.Buffer.End);
        }

        if (body?.Length > Protocol.JsonCost.Small)
        {
            await PaceAsync(held, body.Length, request);
        }

        return body;
    }

    /// <summary>Waits as long as the client's bodies have come too fast. Returns how long.</summary>
    private ValueTask<TimeSpan> PaceAsync(HeldBytes? held, int bytes, HttpRequest request)
    {
        var wait = held?.Pace(bytes, configuration.Current.Endpoint.BodyBytesPerSecond, time) ?? TimeSpan.Zero;
        return wait > TimeSpan.Zero ? DelayAsync(wait, request.HttpContext.RequestAborted) : new(TimeSpan.Zero);
    }

    private async ValueTask<TimeSpan> DelayAsync(TimeSpan wait, CancellationToken cancellationToken)
    {
        await Task.Delay(wait, time, cancellationToken);
        return wait;
    }

    /// <summary>Reads a body that comes in pieces. Each is copied when it comes, so that of Kestrel's blocks few are held.</summary>
    private async ValueTask<byte[]?> ReadOnAsync(HttpRequest request, ReadResult result, HeldBytes? held, int most)
    {
        var reader = request.BodyReader;
        using var deadline = new TransferDeadline(time, configuration.Current.Endpoint, reader.CancelPendingRead);
        held?.OnGiveUp(reader.CancelPendingRead);
        var (body, length, piece) = (Array.Empty<byte>(), 0, 0);
        while (true)
        {
            try
            {
                if (deadline.IsOver)
                {
                    throw new BadHttpRequestException("The body came too slowly.", StatusCodes.Status408RequestTimeout);
                }

                piece = (int)result.Buffer.Length;
                if (length + piece > most)
                {
                    held?.OnGiveUp(null);
                    return null;
                }

                Charge(held, length, length + piece);
                body = WithRoom(body, length, length + piece, request.ContentLength);
                result.Buffer.CopyTo(body.AsSpan(length));
                length += piece;
                deadline.Moved(piece);
            }
            finally
            {
                reader.AdvanceTo(result.Buffer.End);
            }

            deadline.Waited(await PaceAsync(held, piece, request));
            if (result.IsCompleted)
            {
                held?.OnGiveUp(null);
                return body.Length == length ? body : body[..length];
            }

            result = await BodyPipe.ReadAsync(request.HttpContext);
        }
    }

    /// <summary>Sends what was answered, then reads the rest of the body and drops it, at the pace of the client's others.</summary>
    /// <param name="context">The request, which was answered.</param>
    /// <param name="held">The client's.</param>
    public async ValueTask DiscardAsync(HttpContext context, HeldBytes held)
    {
        // With Expect, the client has not sent the body; reading it here would ask for it.
        if (context.Request.Headers.Expect.Count > 0 || context.RequestAborted.IsCancellationRequested)
        {
            return;
        }

        await context.Response.CompleteAsync();
        var reader = context.Request.BodyReader;
        using var deadline = new TransferDeadline(time, configuration.Current.Endpoint, reader.CancelPendingRead);
        try
        {
            while (await SkipAsync(context) is > 0 and var piece && !deadline.IsOver)
            {
                deadline.Moved(piece);
                deadline.Waited(await PaceAsync(held, piece, context.Request));
            }

            if (deadline.IsOver)
            {
                context.Abort();
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or InvalidOperationException)
        {
            // The body is too large or broke off, or an earlier read failed: Kestrel closes the connection.
        }
    }

    /// <summary>Drops what has arrived. Returns its number of bytes; 0 at the end, or when the read was cancelled.</summary>
    private static async ValueTask<int> SkipAsync(HttpContext context)
    {
        var result = await BodyPipe.ReadAsync(context);
        var length = (int)result.Buffer.Length;
        context.Request.BodyReader.AdvanceTo(result.Buffer.End);
        return length;
    }

    private static void Charge(HeldBytes? held, int before, int after)
    {
        if (after > Protocol.JsonCost.Small)
        {
            held?.Take(HeldPerByte * (after - (before > Protocol.JsonCost.Small ? before : 0)));
        }
    }

    /// <summary>The same bytes in an array that has room: twice as large each time, and never larger than what was announced.</summary>
    private static byte[] WithRoom(byte[] body, int before, int length, long? announced)
    {
        if (length <= body.Length)
        {
            return body;
        }

        var size = Math.Max(length, 2 * body.Length);
        var larger = GC.AllocateUninitializedArray<byte>(announced >= length ? (int)Math.Min(size, announced.Value) : size);
        body.AsSpan(0, before).CopyTo(larger);
        return larger;
    }
}
