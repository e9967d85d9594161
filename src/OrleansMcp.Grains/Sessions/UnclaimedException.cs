using Orleans.Runtime;

namespace OrleansMcp.Grains.Sessions;

/// <summary>
/// An activation could not become the writer of its session's record, because the store did not answer or another activation was faster. It
/// leaves; the call was not begun and may be made again.
/// </summary>
[GenerateSerializer, Alias("orleansmcp.unclaimed")]
internal sealed class UnclaimedException(string message, Exception inner) : OrleansException(message, inner);
