using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using OrleansMcp.Secrets;

namespace OrleansMcp.Http.Secrets;

/// <summary>
/// Bodies that carry secrets. Kestrel hands out the very blocks that the socket was read into, pinned memory which it keeps and uses again
/// without clearing it; so each block is overwritten in place before it is given back. Between the socket and the seal there is one
/// copy, pinned, which its reader zeroes.
/// </summary>
internal static class SecretBody
{
    /// <summary>Reads a body of a known length into a pinned buffer. The caller zeroes it.</summary>
    /// <exception cref="BadHttpRequestException">The body is too slow, broken off, or not as long as announced.</exception>
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

    /// <summary>Reads and overwrites what is left of a body that nobody wants: a secret may be in it all the same.</summary>
    public static async ValueTask WipeRestAsync(HttpRequest request)
    {
        // A client that waits to be told to send (Expect) has not sent it, and must not be told now.
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
            // Too large, too slow or broken off, now or when it was read before (a read that failed cannot be repeated): the connection goes.
        }
    }

    /// <summary>Takes what has arrived, and leaves zeros behind. Returns how much it was; 0 at the end of the body.</summary>
    private static async ValueTask<int> TakeAsync(HttpRequest request, Memory<byte> target)
    {
        var reader = request.BodyReader;
        ReadResult result;
        do
        {
            // Not cancelled when the client goes: Kestrel ends the read itself then, and could not drain behind a read that was left.
            result = await ReadAsync(request.HttpContext, reader);
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

        var length = buffer.Length; // Before the blocks go back: the sequence means nothing afterwards.
        buffer.Slice(0, Math.Min(length, target.Length)).CopyTo(target.Span);
        Wipe(buffer);
        reader.AdvanceTo(buffer.End);
        return (int)length;
    }

    private static async ValueTask<ReadResult> ReadAsync(HttpContext context, PipeReader reader)
    {
        try
        {
            return await reader.ReadAsync();
        }
        catch (IOException e) when (e is not BadHttpRequestException)
        {
            // The connection is gone, and with it whatever Kestrel would want to drain.
            context.Abort();
            throw new BadHttpRequestException("The body broke off.", StatusCodes.Status400BadRequest, e);
        }
    }

    private static void Wipe(in ReadOnlySequence<byte> buffer)
    {
        foreach (var segment in buffer)
        {
            CryptographicOperations.ZeroMemory(MemoryMarshal.AsMemory(segment).Span);
        }
    }
}
