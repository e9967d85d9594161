using ModelContextProtocol.Protocol;
using OrleansMcp.Tools.Caching;

namespace OrleansMcp.Sessions.Calls;

/// <summary>Under which key the result of a call may be kept, and whether it is. Nothing that the result says of itself counts.</summary>
internal sealed record KeepingOfOutput(CacheKey Key, CacheRule Rule)
{
    /// <summary>Whether the key names all that the result depends on, and the call did nothing but to return it.</summary>
    public bool Admits(RunningCall call, CallToolResult result)
    {
        var allowed = Rule.Sharing == CacheSharing.Client ? CallTraits.Client : CallTraits.None;
        return result.IsError != true && (call.Traits & ~allowed) == CallTraits.None
            && call.InputRounds == 0 && !call.IsRevoked && !call.Token.IsCancellationRequested;
    }
}
