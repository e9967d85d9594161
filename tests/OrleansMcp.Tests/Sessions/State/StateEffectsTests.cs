using System.Text.Json;
using OrleansMcp.Sessions;
using OrleansMcp.Sessions.State;

namespace OrleansMcp.Tests.Sessions.State;

public sealed class StateEffectsTests
{
    private static readonly DateTimeOffset s_now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly JsonElement s_value = JsonSerializer.SerializeToElement(1);
    private readonly SessionRecord _record = new SessionBench().Record.Value;

    [Fact]
    public void What_is_delivered_once_leaves_no_trace()
    {
        Assert.Same(_record, StateEffects.With(_record, default, 0, "k", s_value, s_now));
        Assert.Null(StateEffects.Find(_record, default, 0, "k"));
    }

    [Fact]
    public void An_effect_is_found_by_its_delivery_its_step_and_its_key()
    {
        var name = new DeliveryName(Guid.NewGuid(), Sender: 1, Sequence: 1);
        var record = StateEffects.With(_record, name, 0, "k", s_value, s_now);
        Assert.Equal(1, StateEffects.Find(record, name, 0, "k")!.Value!.Value.GetInt32());
        Assert.Null(StateEffects.Find(record, name, 1, "k"));
        Assert.Null(StateEffects.Find(record, name, 0, "other"));
        Assert.Null(StateEffects.Find(record, name with { Id = Guid.NewGuid() }, 0, "k"));
    }

    [Fact]
    public void An_effect_is_held_as_long_as_its_delivery_may_come_again()
    {
        var (first, second) = (new DeliveryName(Guid.NewGuid(), 1, 1), new DeliveryName(Guid.NewGuid(), 1, 2));
        var record = StateEffects.With(_record, first, 0, "k", s_value, s_now);
        Assert.NotNull(StateEffects.Find(Later(DeliveryName.Lifetime - TimeSpan.FromSeconds(1)), first, 0, "k"));
        Assert.Null(StateEffects.Find(Later(DeliveryName.Lifetime), first, 0, "k"));

        SessionRecord Later(TimeSpan by) => StateEffects.With(record, second, 0, "k", s_value, s_now + by);
    }

    [Fact]
    public void An_effect_goes_when_its_sender_waits_for_it_no_more()
    {
        var (first, other) = (new DeliveryName(Guid.NewGuid(), Sender: 1, Sequence: 4), new DeliveryName(Guid.NewGuid(), Sender: 2, Sequence: 4));
        var record = StateEffects.With(StateEffects.With(_record, first, 0, "k", s_value, s_now), other, 0, "k", s_value, s_now);
        record = StateEffects.With(record, new DeliveryName(Guid.NewGuid(), Sender: 1, Sequence: 6, Settled: 5), 0, "k", s_value, s_now);
        Assert.Null(StateEffects.Find(record, first, 0, "k"));
        Assert.NotNull(StateEffects.Find(record, other, 0, "k"));
        Assert.Equal(5, record.Settled.Single(mark => mark.Sender == 1).Below);
    }

    [Fact]
    public void A_mark_never_goes_back()
    {
        var record = StateEffects.With(_record, new DeliveryName(Guid.NewGuid(), 1, 6, Settled: 5), 0, "k", s_value, s_now);
        record = StateEffects.With(record, new DeliveryName(Guid.NewGuid(), 1, 7, Settled: 3), 0, "k", s_value, s_now);
        Assert.Equal(new SettledMark(1, 5), Assert.Single(record.Settled));
    }

    [Fact]
    public void A_record_holds_the_latest_effects_and_senders_only()
    {
        var record = _record;
        for (var sender = 1; sender <= 100; sender++)
        {
            record = StateEffects.With(record, new DeliveryName(Guid.NewGuid(), sender, 1), 0, "k", s_value, s_now);
        }

        Assert.Equal((64, 100, 16, 100), (record.Effects.Count, record.Effects[^1].Sender, record.Settled.Count, record.Settled[^1].Sender));
    }
}
