using OrleansMcp.Benchmarks.Http;

namespace OrleansMcp.Benchmarks.Load;

/// <summary>The calls of one connection, one after the other.</summary>
internal interface ICall
{
    /// <summary>The bytes of the next request; valid until the next call of this method.</summary>
    ReadOnlyMemory<byte> Next();

    /// <summary>Whether <paramref name="reply"/> is the right answer to that request.</summary>
    bool IsRight(HttpReply reply);
}
