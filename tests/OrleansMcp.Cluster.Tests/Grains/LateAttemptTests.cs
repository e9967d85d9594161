using System.Reflection;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using OrleansMcp.Grains.Directory;
using OrleansMcp.Grains.Sessions;
using OrleansMcp.Protocol;
using OrleansMcp.Sessions;
using OrleansMcp.Tests.Hosting;
using OrleansMcp.Tools;

namespace OrleansMcp.Cluster.Tests.Grains;

/// <summary>
/// Calls of which an attempt is on its way for long. What it would do after the client had the answer, it must not do: open again what was
/// ended, bring back a secret that was removed, or permissions that were narrowed.
/// </summary>
public sealed class LateAttemptTests
{
    private static readonly Caller s_alice = new("acme", "alice", "alice");

    private readonly SlowWay _way;
    private readonly ClusterSession _session;

    public LateAttemptTests()
    {
        var grain = DispatchProxy.Create<ISessionGrain, SlowWay>();
        _way = (SlowWay)(object)grain;
        _session = new ClusterSession(SessionKey.OfSession("acme", [1]), grain, new Catalogue(new()), new Outbox(), new SessionIdIssuer([new byte[32]]), CancellationToken.None);
    }

    public static TheoryData<string> Calls => ["open", "handle", "secret", "removal", "operator"];

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task An_answer_is_given_when_no_attempt_is_on_its_way_any_more(string what)
    {
        var calling = CallAsync(what);
        await Eventually.Holds(() => _way.Attempts == 2, "the call was made again");
        await Assert.ThrowsAsync<TimeoutException>(() => calling.WaitAsync(TimeSpan.FromMilliseconds(50), TimeProvider.System));
        _way.Arrive();
        await calling;
    }

    [Fact]
    public async Task An_attempt_that_is_lost_for_good_keeps_nobody_waiting()
    {
        var calling = CallAsync("open");
        await Eventually.Holds(() => _way.Attempts == 2, "the call was made again");
        _way.Fail();
        await calling;
    }

    private Task CallAsync(string what) => what switch
    {
        "open" => _session.OpenAsync(s_alice, Initialize(), CancellationToken.None),
        "handle" => _session.OpenHandleAsync(s_alice, new(), CancellationToken.None),
        "secret" => _session.PutSecretAsync(s_alice, "name", new byte[] { 1 }, CancellationToken.None).AsTask(),
        "removal" => _session.DeleteSecretAsync(s_alice, "name", CancellationToken.None).AsTask(),
        _ => _session.OperateAsync(new OperatorRequest("olga", "acme", OperatorAction.End), CancellationToken.None),
    };

    private static McpMessage Initialize()
    {
        Assert.True(McpMessageParser.TryParse(Encoding.UTF8.GetBytes(Rpc.Initialize(1, "2025-11-25")), out var message, out _));
        return message;
    }

    /// <summary>A way to a session on which the first attempt stays and the others arrive at once.</summary>
#pragma warning disable MA0053 // the proxy is a class derived from it
    internal class SlowWay : DispatchProxy
#pragma warning restore MA0053
    {
        private readonly TaskCompletionSource _first = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _attempts;

        public int Attempts => Volatile.Read(ref _attempts);

        public void Arrive() => _first.SetResult();

        public void Fail() => _first.SetException(new Orleans.Runtime.SiloUnavailableException("The silo is lost."));

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => targetMethod!.Name switch
        {
            nameof(ISessionGrain.OpenAsync) => AnswerAsync(new OpenResult(default)),
            nameof(ISessionGrain.SetSecretAsync) => AnswerAsync(new SecretResult(SecretOutcome.Stored)),
            nameof(ISessionGrain.OperateAsync) => AnswerAsync(new OperateResult(OperatorReply.NotFound)),
            _ => throw new NotSupportedException(targetMethod.Name),
        };

        private async Task<T> AnswerAsync<T>(T answer)
        {
            if (Interlocked.Increment(ref _attempts) == 1)
            {
                await _first.Task;
            }

            return answer;
        }
    }
}
