using System.Diagnostics;
using OpenTelemetry;

namespace OrleansMcp.Hosting.Telemetry;

/// <summary>
/// Of the spans that Orleans makes, those are exported that belong to somebody's request, and without the keys of grains: the key of a
/// session's grain is made of its id. Timers, look-ups and other calls that Orleans makes for itself begin traces without end.
/// </summary>
internal sealed class GrainSpans : BaseProcessor<Activity>
{
    private const string Orleans = "Microsoft.Orleans.";

    private static readonly string[] s_keys = ["orleans.rpc.target_id", "orleans.rpc.source_id"];

    /// <summary>A span that is not recorded passes that on with the trace, to other processes too.</summary>
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
