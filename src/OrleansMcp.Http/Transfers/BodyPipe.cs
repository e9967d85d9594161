using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;

namespace OrleansMcp.Http.Transfers;

/// <summary>Reads the body of a request.</summary>
internal static class BodyPipe
{
    /// <summary>
    /// Waits for more of the body. Not cancelled when the client disconnects: Kestrel ends the read itself, and could not drain the body while a
    /// cancelled read is pending.
    /// </summary>
    /// <exception cref="BadHttpRequestException">The body broke off, or Kestrel refused it.</exception>
    public static async ValueTask<ReadResult> ReadAsync(HttpContext context)
    {
        try
        {
            return await context.Request.BodyReader.ReadAsync();
        }
        catch (IOException e) when (e is not BadHttpRequestException)
        {
            // The connection is broken: there is no rest of the body, and Kestrel would log an error when it tried to drain it.
            context.Abort();
            throw new BadHttpRequestException("The body broke off.", StatusCodes.Status400BadRequest, e);
        }
    }
}
