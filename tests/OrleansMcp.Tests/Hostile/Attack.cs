using System.Collections.Concurrent;
using System.Text;
using OrleansMcp.Tests.Hosting;
using OrleansMcp.Tests.Hostile.Corpus;

namespace OrleansMcp.Tests.Hostile;

/// <summary>
/// One of several attackers at work at once: sends its share of the corpus, one request after the other, at sessions of its own, so that
/// every request is answered the same way every time.
/// </summary>
internal sealed class Attack : IDisposable
{
    private const int Before = 41;

    private readonly RawClient _victim;
    private readonly RawClient _scratch;
    private readonly RawClient _legacy;
    private readonly RawClient _foreign;
    private readonly int _number;
    private readonly int _of;
    private int _checks;

    private Attack(int number, int of, RawClient victim, RawClient scratch, RawClient legacy, RawClient foreign)
    {
        (_number, _of, _victim, _scratch, _legacy, _foreign) = (number, of, victim, scratch, legacy, foreign);
        Target = new Target(victim.Url.Port, victim.SessionId!, scratch.SessionId!, legacy.SessionId!, foreign.SessionId!);
    }

    public Target Target { get; }

    public static async Task<Attack> PrepareAsync(TestServer server, int number, int of)
    {
        var attack = new Attack(
            number, of, await server.Client().OpenAsync(), await server.Client().OpenAsync(), await server.Client().OpenAsync("2025-03-26"),
            await server.Client(TestConfiguration.Bob).OpenAsync());
        await attack._victim.IncrementAsync(Before);
        await attack._foreign.IncrementAsync(Before);
        return attack;
    }

    /// <summary>Sends the share of this attacker, or every so many of it, and keeps what was answered badly.</summary>
    public async Task RunAsync(int every, ConcurrentQueue<string> problems, Action<HostileRequest, HttpAnswer> onAnswer)
    {
        foreach (var request in HostileCorpus.Of(Target).Where((_, index) => index % _of == _number && index / _of % every == 0))
        {
            try
            {
                var answer = await Wire.SendAsync(Target.Port, request);
                onAnswer(request, answer);
                if (Judge.ProblemOf(request, answer) is { } problem)
                {
                    problems.Enqueue($"{problem}\n  {request.Name}\n  sent: {Shown(request.Bytes)}\n  got: {answer.Status} {answer.Body[..Math.Min(answer.Body.Length, 300)]}");
                }
            }
            catch (TimeoutException e)
            {
                problems.Enqueue($"{e.Message}\n  {request.Name}\n  sent: {Shown(request.Bytes)}");
            }
        }
    }

    /// <summary>The sessions are there, and nothing has changed the ones that nothing may change.</summary>
    public async Task CheckAsync()
    {
        _checks++;
        Assert.Equal(Before + _checks, await _victim.IncrementAsync());
        Assert.Equal(Before + _checks, await _foreign.IncrementAsync());
        Assert.True(await _scratch.IsAliveAsync());
        Assert.True(await _legacy.IsAliveAsync());
    }

    public void Dispose()
    {
        foreach (var client in new[] { _victim, _scratch, _legacy, _foreign })
        {
            client.Dispose();
        }
    }

    private static string Shown(byte[] bytes) => Encoding.Latin1.GetString(bytes.AsSpan(0, Math.Min(bytes.Length, 900)))
        .Replace("\r\n", "\\r\\n", StringComparison.Ordinal);
}
