using ModelContextProtocol;

namespace OrleansMcp.Quotas;

/// <summary>
/// Something a tool wanted is over a quota. A tool that lets it pass is answered with the code <c>quota_exceeded</c>, the quota's name and
/// whose it is.
/// </summary>
public sealed class QuotaExceededException(QuotaRefusal refusal) : McpException(refusal.Message)
{
    /// <summary>What was refused.</summary>
    public QuotaRefusal Refusal { get; } = refusal;
}

/// <summary>
/// The ledgers could not be read or written, so nothing more can be granted for the moment. A tool that lets it pass is answered with
/// <c>quota_unavailable</c>.
/// </summary>
public sealed class QuotaUnavailableException()
    : McpException("The quotas cannot be counted at the moment, so nothing more is granted. Try again in a moment.");
