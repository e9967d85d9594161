using OrleansMcp.Benchmarks.Bare;
using OrleansMcp.Benchmarks.Http;
using OrleansMcp.Benchmarks.Load;

namespace OrleansMcp.Benchmarks.Mcp;

/// <summary>The requests of another call, for a bare endpoint: the right answer is its fixed one.</summary>
internal sealed class BareCall(ICall requests) : ICall
{
    // As long as a session id of the server, so that both servers parse the same number of bytes.
    private const string Session = "D73";

    /// <summary>For <see cref="BareServer"/>.</summary>
    public static BareCall Echo(Target target, int number) => new(new EchoCall(target, number, [SessionOf(number)]));

    /// <summary>For <see cref="CommitServer"/>, which reads the number of its row where the session id is.</summary>
    public static BareCall Increment(Target target, int number) => new(new IncrementCall(target, SessionOf(number)));

    public ReadOnlyMemory<byte> Next() => requests.Next();

    public bool IsRight(HttpReply reply) => reply.Status == 200 && reply.Body.Span.SequenceEqual(BareServer.Reply);

    private static string SessionOf(int number) => number.ToString(Session, CultureInfo.InvariantCulture);
}
