using System.Buffers;
using Microsoft.AspNetCore.Http;
using OrleansMcp.Configuration;
using OrleansMcp.Memory;
using OrleansMcp.Sessions;

namespace OrleansMcp.Http.Transfers;

/// <summary>
/// Writes replies as their clients read them: in slices, so that a large one is not copied as a whole into the connection's buffer, charged to
/// the client until the last slice is handed over, and until its deadline (<see cref="TransferDeadline"/>).
/// </summary>
internal sealed class PacedWriter(IConfigurationSource configuration, HeldMemory memory, TimeProvider time)
{
    /// <summary>What is written at once. Kestrel buffers as much and limits the time that it waits for the client.</summary>
    private const int Slice = KestrelLimits.ResponseBuffer;

    /// <summary>Writes and flushes.</summary>
    public Task WriteAsync(HttpContext context, Caller caller, ReadOnlyMemory<byte> bytes)
    {
        if (bytes.Length > Slice)
        {
            return WriteSlicesAsync(context, caller, bytes);
        }

        var written = context.Response.BodyWriter.WriteAsync(bytes, context.RequestAborted);
        return written.IsCompletedSuccessfully ? Task.CompletedTask : written.AsTask();
    }

    private async Task WriteSlicesAsync(HttpContext context, Caller caller, ReadOnlyMemory<byte> bytes)
    {
        using var held = memory.Hold(caller);
        held.TakeAnyway(bytes.Length);
        held.OnGiveUp(context.Abort);
        using var deadline = new TransferDeadline(time, configuration.Current.Endpoint, context.Abort);
        for (var rest = bytes; rest.Length > 0; rest = rest[Math.Min(Slice, rest.Length)..])
        {
            var slice = rest[..Math.Min(Slice, rest.Length)];
            await context.Response.BodyWriter.WriteAsync(slice, context.RequestAborted);
            deadline.Moved(slice.Length);
        }
    }
}
