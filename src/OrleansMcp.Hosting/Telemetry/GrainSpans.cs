using System.Diagnostics;
using OpenTelemetry;

namespace OrleansMcp.Hosting.Telemetry;

/// <summary>
/// Exports only those spans of Orleans that have a parent, as part of a client's request, and removes the keys of grains from them: the key
/// of a session's grain is derived from the session id. Timers, look-ups and other internal calls of Orleans would each begin a trace of
/// their own.
/// </summary>
internal sealed class GrainSpans : BaseProcessor<Activity>
{
    private const string Orleans = "Microsoft.Orleans.";

    private static readonly string[] s_keys = ["orleans.rpc.target_id", "orleans.rpc.source_id"];

    /// <summary>Children of a span that is not recorded are not recorded either, in other processes too.</summary>
    public override void OnStart(Activity data)
    {
        if (data.ParentSpanId == default && IsOfOrleans(data))
        {
            data.IsAllDataRequested = false;
            data.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
        }
    }

    public override void OnEnd(Activity data)
    {
        if (!IsOfOrleans(data))
        {
            return;
        }

        foreach (var key in s_keys)
        {
            data.SetTag(key, null);
        }
    }

    private static bool IsOfOrleans(Activity span) => span.Source.Name.StartsWith(Orleans, StringComparison.Ordinal);
}
