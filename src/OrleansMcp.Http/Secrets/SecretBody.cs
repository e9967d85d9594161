using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using OrleansMcp.Http.Transfers;
using OrleansMcp.Secrets;

namespace OrleansMcp.Http.Secrets;

/// <summary>
/// Reads bodies that contain secrets. Kestrel passes the blocks that the socket was read into, and reuses them without clearing; so each
/// block is zeroed in place before it is returned. Between the socket and the sealed envelope there is one copy, in a pinned buffer that
/// the caller zeroes.
/// </summary>
internal static class SecretBody
{
    /// <summary>Reads a body of a known length into a pinned buffer. The caller zeroes it.</summary>
    /// <exception cref="BadHttpRequestException">The body is too slow, incomplete, or not as long as announced.</exception>
    public static async ValueTask<byte[]> ReadAsync(HttpRequest request, int length)
    {
        var secret = SecretBuffer.Allocate(length);
        try
        {
            var filled = 0;
            while (await TakeAsync(request, secret.AsMemory(Math.Min(filled, length))) is > 0 and var taken)
            {
                filled += taken;
            }

            return filled == length ? secret : throw new BadHttpRequestException("The body broke off.");
        }
        catch
        {
            CryptographicOperations.ZeroMemory(secret);
            throw;
        }
    }

    /// <summary>Reads and zeroes the unread rest of a body, because a refused request may contain a secret too.</summary>
    public static async ValueTask WipeRestAsync(HttpRequest request)
    {
        // With Expect, the client has not sent the body; reading it here would ask for it.
        if (request.ContentLength is null or 0 || request.Headers.Expect.Count > 0 || request.HttpContext.RequestAborted.IsCancellationRequested)
        {
            return;
        }

        try
        {
            while (await TakeAsync(request, Memory<byte>.Empty) > 0)
            {
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or InvalidOperationException)
        {
            // The body is too large, too slow or incomplete, or an earlier read failed. Kestrel closes the connection.
        }
    }

    /// <summary>
    /// Copies the bytes that have arrived to the target and zeroes them in Kestrel's blocks. Returns their number; 0 at the end of the
    /// body.
    /// </summary>
    private static async ValueTask<int> TakeAsync(HttpRequest request, Memory<byte> target)
    {
        var reader = request.BodyReader;
        ReadResult result;
        do
        {
            result = await BodyPipe.ReadAsync(request.HttpContext);
            if (result.IsCanceled)
            {
                reader.AdvanceTo(result.Buffer.Start);
                throw new BadHttpRequestException("The body came too slowly.", StatusCodes.Status408RequestTimeout); // the deadline
            }

            if (result.Buffer.IsEmpty)
            {
                reader.AdvanceTo(result.Buffer.End);
            }
        }
        while (result.Buffer.IsEmpty && !result.IsCompleted);

        var buffer = result.Buffer;
        if (buffer.IsEmpty)
        {
            return 0;
        }

        var length = buffer.Length; // The sequence is invalid after AdvanceTo.
        buffer.Slice(0, Math.Min(length, target.Length)).CopyTo(target.Span);
        Wipe(buffer);
        reader.AdvanceTo(buffer.End);
        return (int)length;
    }

    private static void Wipe(in ReadOnlySequence<byte> buffer)
    {
        foreach (var segment in buffer)
        {
            CryptographicOperations.ZeroMemory(MemoryMarshal.AsMemory(segment).Span);
        }
    }
}
