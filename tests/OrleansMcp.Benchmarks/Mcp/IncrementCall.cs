using System.Buffers.Text;
using OrleansMcp.Benchmarks.Http;
using OrleansMcp.Benchmarks.Load;

namespace OrleansMcp.Benchmarks.Mcp;

/// <summary><c>increment</c> on one session. The right answer is one more than the last one.</summary>
internal sealed class IncrementCall : ICall
{
    private const string IdZero = "1000000000";
    private const int FirstId = 1_000_000_000;

    private readonly byte[] _request;
    private readonly int _id;
    private int _calls;

    public IncrementCall(Target target, string session)
    {
        var body = $$$$"""{"jsonrpc":"2.0","id":{{{{IdZero}}}},"method":"tools/call","params":{"name":"increment","arguments":{}}}""";
        _request = target.Request("POST", session, body);
        _id = _request.AsSpan().IndexOf(Encoding.ASCII.GetBytes(IdZero));
    }

    public ReadOnlyMemory<byte> Next()
    {
        Utf8Formatter.TryFormat(FirstId + ++_calls, _request.AsSpan(_id), out _);
        return _request;
    }

    public bool IsRight(HttpReply reply) =>
        reply.Status == 200
        && TextResult.TryRead(reply.Json.ToArray(), _request.AsSpan(_id, IdZero.Length), out var text)
        && text == _calls.ToString(CultureInfo.InvariantCulture);
}
