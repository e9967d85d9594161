using System.Reflection;
using System.Runtime.CompilerServices;
using Orleans.Runtime;
using OrleansMcp.Grains.Directory;
using OrleansMcp.Grains.Sessions;
using OrleansMcp.Sessions;

namespace OrleansMcp.Cluster.Tests.Grains;

/// <summary>A DELETE that is repeated because its answer is overdue: what the client hears is what became of its session.</summary>
public sealed class LateReceiptTests
{
    private static readonly Caller s_alice = new("acme", "alice", "alice");
    private static readonly SessionReceipt s_receipt = new(SessionEndReason.Closed, DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch, 0, 0);
    private static readonly EndResult s_nothing = new(null);

    [Fact]
    public async Task A_receipt_that_comes_after_the_repetition_found_nothing_is_the_answer()
    {
        var first = new TaskCompletionSource<EndResult>();
        var session = Session(() => first.Task, () =>
        {
            _ = Task.Run(() => first.SetResult(new EndResult(s_receipt)), TestContext.Current.CancellationToken);
            return Task.FromResult(s_nothing);
        });
        Assert.Equal(s_receipt, await session.EndAsync(s_alice, CancellationToken.None));
    }

    [Fact]
    public async Task When_an_attempt_was_lost_with_its_silo_the_client_is_told_that_it_may_have_ended()
    {
        var session = Session(() => Task.FromException<EndResult>(new SiloUnavailableException()), () => Task.FromResult(s_nothing));
        await Assert.ThrowsAsync<SessionUnavailableException>(() => session.EndAsync(s_alice, CancellationToken.None));
    }

    [Fact]
    public async Task When_an_attempt_is_never_answered_the_client_is_told_that_it_may_have_ended()
    {
        var session = Session(() => new TaskCompletionSource<EndResult>().Task, () => Task.FromResult(s_nothing));
        await Assert.ThrowsAsync<SessionUnavailableException>(() => session.EndAsync(s_alice, CancellationToken.None));
    }

    [Fact]
    public async Task When_an_attempt_was_turned_away_or_found_an_actor_that_leaves_there_was_no_such_session()
    {
        var session = Session(
            () => Task.FromException<EndResult>(TurnedAway()),
            () => Task.FromResult(new EndResult(null, CallFailure.Moved)),
            () => Task.FromResult(s_nothing));
        Assert.Null(await session.EndAsync(s_alice, CancellationToken.None));
    }

    [Fact]
    public async Task When_it_was_ending_and_is_gone_the_client_is_told_that_it_may_have_ended()
    {
        var session = Session(() => Task.FromResult(new EndResult(null, CallFailure.Pending)), () => Task.FromResult(s_nothing));
        await Assert.ThrowsAsync<SessionUnavailableException>(() => session.EndAsync(s_alice, CancellationToken.None));
    }

    // The runtime alone makes them.
    private static Exception TurnedAway() => (Exception)RuntimeHelpers.GetUninitializedObject(typeof(OrleansMessageRejectionException));

    private static ClusterSession Session(params Func<Task<EndResult>>[] answers)
    {
        var grain = DispatchProxy.Create<ISessionGrain, AnsweringGrain>();
        ((AnsweringGrain)(object)grain).Answers = new Queue<Func<Task<EndResult>>>(answers);
        return new ClusterSession(SessionKey.OfSession("acme", [1]), grain, null!, null!, null!, CancellationToken.None);
    }

    /// <summary>Answers each attempt in its way.</summary>
    public class AnsweringGrain : DispatchProxy
    {
        internal Queue<Func<Task<EndResult>>> Answers { get; set; } = [];

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) =>
            targetMethod!.Name == nameof(ISessionGrain.EndAsync) ? Answers.Dequeue()() : throw new NotSupportedException(targetMethod.Name);
    }
}
