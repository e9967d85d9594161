using OrleansMcp.Benchmarks.Http;
using OrleansMcp.Benchmarks.Load;

namespace OrleansMcp.Benchmarks.Mcp;

/// <summary><c>echo</c> by a client that does not care for its quota: the right answer is the echo, or a refusal.</summary>
internal sealed class FloodCall(EchoCall echo) : ICall
{
    public ReadOnlyMemory<byte> Next() => echo.Next();

    public bool IsRight(HttpReply reply) =>
        reply.Status == 200 && (reply.Body.Span.IndexOf("\"code\":\"quota_exceeded\""u8) >= 0 || echo.IsRight(reply));
}
