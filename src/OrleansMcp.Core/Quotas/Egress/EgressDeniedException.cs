using ModelContextProtocol;

namespace OrleansMcp.Quotas.Egress;

/// <summary>
/// A tool wanted to send a request where its client's egress rules let none go. A tool that lets it pass is answered with the code
/// <c>egress_denied</c>.
/// </summary>
public sealed class EgressDeniedException(string target, string reason) : McpException($"Requests to {target} are not allowed: {reason}")
{
    /// <summary>The stable code that clients see.</summary>
    public const string Code = "egress_denied";
}
