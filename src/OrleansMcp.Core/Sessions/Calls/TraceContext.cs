using System.Diagnostics;
using System.Text.Json;
using OrleansMcp.Protocol;

namespace OrleansMcp.Sessions.Calls;

/// <summary>W3C trace context that a client put into <c>_meta</c> (2026-07-28, basic/index).</summary>
internal static class TraceContext
{
    public static ActivityContext? Of(McpMessage message)
    {
        if (message.Params.ValueKind != JsonValueKind.Object || !message.Params.TryGetProperty("_meta"u8, out var meta)
            || meta.ValueKind != JsonValueKind.Object
            || !meta.TryGetProperty("traceparent"u8, out var parent) || parent.ValueKind != JsonValueKind.String)
        {
            return null;
        }

        var state = meta.TryGetProperty("tracestate"u8, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        return ActivityContext.TryParse(parent.GetString(), state, isRemote: true, out var context) ? context : null;
    }
}
