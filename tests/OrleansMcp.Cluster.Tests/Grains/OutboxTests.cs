using OrleansMcp.Grains.Directory;
using OrleansMcp.Grains.Sessions;
using OrleansMcp.Sessions;

namespace OrleansMcp.Cluster.Tests.Grains;

/// <summary>What a front end says about its messages that are answered: below the count it names, nothing is awaited any more.</summary>
public sealed class OutboxTests
{
    private static readonly SessionKey s_session = SessionKey.OfSession("acme", [1]);
    private static readonly SessionKey s_other = SessionKey.OfSession("acme", [2]);

    private readonly Outbox _outbox = new();

    [Fact]
    public void What_is_answered_is_settled_by_the_next_message()
    {
        var first = Begin();
        _outbox.End(s_session, first);
        var second = Begin();
        Assert.True(first.Sequence < second.Settled, "The first message would run if it came again.");
        Assert.True(second.Settled <= second.Sequence, "The second message settles itself.");
    }

    [Fact]
    public void What_is_under_way_is_not_settled_by_what_began_later()
    {
        var slow = Begin();
        for (var i = 0; i < 3; i++)
        {
            var quick = Begin();
            Assert.True(slow.Sequence >= quick.Settled, "A message under way was given up.");
            _outbox.End(s_session, quick);
        }

        _outbox.End(s_session, slow);
        Assert.True(slow.Sequence < Begin().Settled);
    }

    [Fact]
    public void Messages_to_one_session_say_nothing_about_those_to_another()
    {
        var slow = _outbox.Begin(s_other, Guid.NewGuid());
        var first = Begin();
        _outbox.End(s_session, first);
        Assert.True(first.Sequence < Begin().Settled, "A message to another session holds this one's back.");
        Assert.True(slow.Sequence >= _outbox.Begin(s_other, Guid.NewGuid()).Settled);
    }

    [Fact]
    public async Task Of_many_messages_at_once_none_is_settled_before_its_answer_and_all_are_after()
    {
        await Parallel.ForEachAsync(Enumerable.Range(0, 2000), async (_, _) =>
        {
            var mine = Begin();
            await Task.Yield();
            var later = Begin();
            Assert.True(mine.Sequence >= later.Settled, "A message under way was given up.");
            _outbox.End(s_session, later);
            _outbox.End(s_session, mine);
        });
        var last = Settle();
        Assert.Equal(last.Sequence, last.Settled);
    }

    [Fact]
    public void A_session_takes_the_word_of_its_front_ends_each_for_its_own_messages()
    {
        var (deliveries, elsewhere) = (new Deliveries(), new Outbox());
        var foreign = elsewhere.Begin(s_session, Guid.NewGuid());
        var first = Begin();
        _outbox.End(s_session, first);
        Assert.False(deliveries.IsSettled(Begin(), []));
        Assert.True(deliveries.IsSettled(first, []));
        Assert.False(deliveries.IsSettled(foreign, []));
    }

    private DeliveryName Begin() => _outbox.Begin(s_session, Guid.NewGuid());

    private DeliveryName Settle()
    {
        var name = Begin();
        _outbox.End(s_session, name);
        return name;
    }
}
