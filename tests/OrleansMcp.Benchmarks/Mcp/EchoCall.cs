using System.Buffers.Text;
using OrleansMcp.Benchmarks.Http;
using OrleansMcp.Benchmarks.Load;

namespace OrleansMcp.Benchmarks.Mcp;

/// <summary>
/// <c>echo</c> with an id and a text that no other call has. The request is formatted once; each call overwrites its digits and, where
/// the connection serves several sessions, the session's id.
/// </summary>
internal sealed class EchoCall : ICall
{
    private const string IdZero = "1000000000";
    private const string CountZero = "000000000";
    private const int FirstId = 1_000_000_000;

    private readonly byte[] _request;
    private readonly byte[][] _sessions;
    private readonly Range _id;
    private readonly Range _text;
    private readonly Range _count;
    private readonly Range _session;
    private readonly EchoReply _reply = new();
    private int _calls;

    public EchoCall(Target target, int number, IReadOnlyList<string> sessions, string tool = "echo")
    {
        var text = $"session {number:D5} call {CountZero}";
        var body = $$$$"""{"jsonrpc":"2.0","id":{{{{IdZero}}}},"method":"tools/call","params":{"name":"{{{{tool}}}}","arguments":{"text":"{{{{text}}}}"}}}""";
        _request = target.Request("POST", sessions[0], body);
        _sessions = [.. sessions.Select(Encoding.ASCII.GetBytes)];
        (_id, _text, _session) = (Place(IdZero), Place(text), Place(sessions[0]));
        _count = new Range(_text.End.Value - CountZero.Length, _text.End.Value);
    }

    public ReadOnlyMemory<byte> Next()
    {
        _calls++;
        Utf8Formatter.TryFormat(FirstId + _calls, _request.AsSpan(_id), out _);
        Utf8Formatter.TryFormat(_calls, _request.AsSpan(_count), out _, new('D', (byte)CountZero.Length));
        if (_sessions.Length > 1)
        {
            _sessions[_calls % _sessions.Length].CopyTo(_request.AsSpan(_session));
        }

        return _request;
    }

    public bool IsRight(HttpReply reply) =>
        reply.Status == 200 && _reply.Answers(reply.Json, _request.AsSpan(_id), _request.AsSpan(_text));

    private Range Place(string part)
    {
        var start = _request.AsSpan().IndexOf(Encoding.ASCII.GetBytes(part));
        return new Range(start, start + part.Length);
    }
}
