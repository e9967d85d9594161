using System.Text.Json;
using OrleansMcp.Sessions.Calls;
using OrleansMcp.State;

namespace OrleansMcp.Sessions;

/// <summary>What named deliveries did to the state: kept as long as one of them may come again.</summary>
public sealed partial class Session
{
    // They travel with every write. A delivery that comes again to the same activation is known there without them.
    private const int MaxEffects = 64;
    private const int MaxEffectBytes = 1024;
    private const int MaxSenders = 16;

    /// <summary>No front end repeats a delivery after so long, and no machine passes one on.</summary>
    public static TimeSpan DeliveryLifetime { get; } = TimeSpan.FromSeconds(30);

    /// <summary>How far the deliveries of each sender were settled when the record was last written.</summary>
    public IReadOnlyList<SettledMark> Settled => _record?.Settled ?? [];

    private static StateEffect? EffectOf(SessionRecord record, RunningCall call, int step, string key) => call.Delivery.Id == Guid.Empty
        ? null
        : record.Effects.FirstOrDefault(effect => effect.Delivery == call.Delivery.Id && effect.Step == step && effect.Key == key);

    private SessionRecord WithEffect(SessionRecord record, RunningCall call, int step, string key, JsonElement value)
    {
        var name = call.Delivery;
        if (name.Id == Guid.Empty)
        {
            return record;
        }

        var now = _host.Time.GetUtcNow();
        var settled = WithMark(record.Settled, name);
        var others = record.Effects.Where(other => other.At > now - DeliveryLifetime && !IsSettled(settled, other)).ToList();
        var kept = value.GetRawText().Length <= MaxEffectBytes ? value : (JsonElement?)null;
        var effect = new StateEffect(name.Id, name.Sender, name.Sequence, step, key, kept, now);
        return record with { Settled = settled, Effects = [.. others.Skip(others.Count - MaxEffects + 1), effect] };
    }

    private static bool IsSettled(IReadOnlyList<SettledMark> marks, StateEffect effect) =>
        marks.Any(mark => mark.Sender == effect.Sender && effect.Sequence < mark.Below);

    /// <summary>The marks with the sender's own raised; the sender heard of last comes last.</summary>
    private static IReadOnlyList<SettledMark> WithMark(IReadOnlyList<SettledMark> marks, DeliveryName name)
    {
        var former = marks.FirstOrDefault(mark => mark.Sender == name.Sender)?.Below ?? 0;
        var others = marks.Where(mark => mark.Sender != name.Sender).ToList();
        return [.. others.Skip(others.Count - MaxSenders + 1), new SettledMark(name.Sender, Math.Max(former, name.Settled))];
    }
}
