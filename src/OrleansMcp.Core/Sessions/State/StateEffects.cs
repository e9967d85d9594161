using System.Text.Json;
using OrleansMcp.Sessions;

namespace OrleansMcp.Sessions.State;

/// <summary>The changes of state by named deliveries, kept in the session's record as long as a front end may repeat the delivery.</summary>
internal static class StateEffects
{
    // Few, because every write contains them. An activation knows the deliveries that it ran itself without them.
    private const int MaxEffects = 64;
    private const int MaxValueBytes = 1024;
    private const int MaxSenders = 16;

    /// <summary>The effect of this step of a delivery; null when there is none, or the delivery has no name.</summary>
    public static StateEffect? Find(SessionRecord record, DeliveryName delivery, int step, string key) => delivery.Id == Guid.Empty
        ? null
        : record.Effects.FirstOrDefault(effect => effect.Delivery == delivery.Id && effect.Step == step && effect.Key == key);

    /// <summary>The record with one more effect, and without those of deliveries that are settled or expired.</summary>
    public static SessionRecord With(SessionRecord record, DeliveryName delivery, int step, string key, JsonElement value, DateTimeOffset now)
    {
        if (delivery.Id == Guid.Empty)
        {
            return record;
        }

        var settled = WithMark(record.Settled, delivery);
        var others = record.Effects.Where(other => other.At > now - DeliveryName.Lifetime && !IsSettled(settled, other)).ToList();
        var kept = value.GetRawText().Length <= MaxValueBytes ? value : (JsonElement?)null;
        var effect = new StateEffect(delivery.Id, delivery.Sender, delivery.Sequence, step, key, kept, now);
        return record with { Settled = settled, Effects = [.. others.Skip(others.Count - MaxEffects + 1), effect] };
    }

    private static bool IsSettled(IReadOnlyList<SettledMark> marks, StateEffect effect) =>
        marks.Any(mark => mark.Sender == effect.Sender && effect.Sequence < mark.Below);

    /// <summary>The marks with this sender's raised and moved to the end.</summary>
    private static IReadOnlyList<SettledMark> WithMark(IReadOnlyList<SettledMark> marks, DeliveryName name)
    {
        var former = marks.FirstOrDefault(mark => mark.Sender == name.Sender)?.Below ?? 0;
        var others = marks.Where(mark => mark.Sender != name.Sender).ToList();
        return [.. others.Skip(others.Count - MaxSenders + 1), new SettledMark(name.Sender, Math.Max(former, name.Settled))];
    }
}
