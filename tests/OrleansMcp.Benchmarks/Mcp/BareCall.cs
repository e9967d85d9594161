using OrleansMcp.Benchmarks.Bare;
using OrleansMcp.Benchmarks.Http;
using OrleansMcp.Benchmarks.Load;

namespace OrleansMcp.Benchmarks.Mcp;

/// <summary>The requests of <see cref="EchoCall"/>, for the bare endpoint: the right answer is its fixed one.</summary>
internal sealed class BareCall(Target target, int number) : ICall
{
    // As long as a session id of the server, so that both servers parse the same number of bytes.
    private readonly EchoCall _requests = new(target, number, [new string('x', 73)]);

    public ReadOnlyMemory<byte> Next() => _requests.Next();

    public bool IsRight(HttpReply reply) => reply.Status == 200 && reply.Body.Span.SequenceEqual(BareServer.Reply);
}
