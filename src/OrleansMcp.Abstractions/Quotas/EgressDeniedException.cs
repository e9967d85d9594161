using ModelContextProtocol;

namespace OrleansMcp;

/// <summary>
/// A tool sent a request that its client's egress rules do not allow. When the tool does not catch the exception, the client gets the code
/// <c>egress_denied</c>.
/// </summary>
public sealed class EgressDeniedException(string target, string reason) : McpException($"Requests to {target} are not allowed: {reason}")
{
    /// <summary>The stable code that clients see.</summary>
    public const string Code = "egress_denied";
}
