using Orleans.Runtime;

namespace OrleansMcp.Grains.Sessions;

/// <summary>
/// An activation could not claim its session's record, because the store did not answer or another activation was faster. It is
/// deactivated; the call was not run and may be made again.
/// </summary>
[GenerateSerializer, Alias("orleansmcp.unclaimed")]
internal sealed class UnclaimedException(string message, Exception inner) : OrleansException(message, inner);
