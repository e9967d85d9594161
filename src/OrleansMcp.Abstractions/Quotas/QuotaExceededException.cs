using ModelContextProtocol;

namespace OrleansMcp;

/// <summary>
/// A tool exceeded a quota. When the tool does not catch the exception, the client gets the code <c>quota_exceeded</c>, the quota's name
/// and its scope.
/// </summary>
public sealed class QuotaExceededException(QuotaRefusal refusal) : McpException(refusal.Message)
{
    /// <summary>The quota, its scope and when to retry.</summary>
    public QuotaRefusal Refusal { get; } = refusal;
}

/// <summary>
/// The ledgers could not be read or written, so that no lease can be granted at the moment. When a tool does not catch the exception, the
/// client gets the code <c>quota_unavailable</c>.
/// </summary>
public sealed class QuotaUnavailableException()
    : McpException("The quotas cannot be counted at the moment, so nothing more is granted. Try again in a moment.");
