using System.Buffers.Text;
using OrleansMcp.Benchmarks.Http;
using OrleansMcp.Benchmarks.Load;

namespace OrleansMcp.Benchmarks.Mcp;

/// <summary>
/// Writes records of a namespace: one, or ten in a transaction; always the same keys, each time with another value. The right answer names a
/// version that is higher than the last.
/// </summary>
internal sealed class RecordCall : ICall
{
    private const string IdZero = "1000000000";
    private const int FirstId = 1_000_000_000;
    private const int Several = 10;

    private static readonly byte[] s_version = "\"version\":"u8.ToArray();

    private readonly byte[] _request;
    private readonly int[] _places;
    private int _calls;
    private long _version;

    public RecordCall(Target target, string session, string name, int number, bool isTransaction)
    {
        var call = isTransaction
            ? $$$"""{"name":"records_transact","arguments":{"namespace":"{{{name}}}","writes":[{{{string.Join(',', Enumerable.Range(0, Several).Select(key => Write(number, key)))}}}]}}"""
            : $$$"""{"name":"records_put","arguments":{"namespace":"{{{name}}}","key":"{{{number}}}/0","value":{{{Value}}}}}""";
        var body = $$$"""{"jsonrpc":"2.0","id":{{{IdZero}}},"method":"tools/call","params":{{{call}}}}""";
        _request = target.Request("POST", session, body);
        _places = [.. Places(_request)];
    }

    private static string Value => $$"""{"n":{{IdZero}},"text":"a hundred bytes or so, as records of orders and settings are in many programs"}""";

    public ReadOnlyMemory<byte> Next()
    {
        _calls++;
        foreach (var place in _places)
        {
            Utf8Formatter.TryFormat(FirstId + _calls, _request.AsSpan(place), out _);
        }

        return _request;
    }

    public bool IsRight(HttpReply reply)
    {
        var json = reply.Json;
        var at = json.LastIndexOf(s_version);
        if (reply.Status != 200 || at < 0 || !Utf8Parser.TryParse(json[(at + s_version.Length)..], out long version, out _) || version <= _version)
        {
            return false;
        }

        _version = version;
        return true;
    }

    private static string Write(int number, int key) => $$"""{"key":"{{number}}/{{key}}","value":{{Value}}}""";

    private static IEnumerable<int> Places(byte[] request)
    {
        var wanted = Encoding.ASCII.GetBytes(IdZero);
        for (var at = request.AsSpan().IndexOf(wanted); at >= 0;)
        {
            yield return at;
            var next = request.AsSpan(at + wanted.Length).IndexOf(wanted);
            at = next < 0 ? -1 : at + wanted.Length + next;
        }
    }
}
