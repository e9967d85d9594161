namespace OrleansMcp;

/// <summary>The exhausted quota, its scope, and when a retry can succeed.</summary>
/// <param name="Quota">The quota.</param>
/// <param name="Scope">The level that it limits.</param>
/// <param name="RetryAfterSeconds">At least 1; 0 where waiting does not help.</param>
public sealed record QuotaRefusal(Quota Quota, QuotaScope Scope, int RetryAfterSeconds)
{
    /// <summary>The stable code that clients see.</summary>
    public const string Code = "quota_exceeded";

    /// <summary>The code when the ledgers could not be written: nothing is granted without a record, and a retry may succeed.</summary>
    public const string UnavailableCode = "quota_unavailable";

    /// <summary>The refusal as a sentence.</summary>
    public string Message => Quota switch
    {
        Quota.CallTimeout => $"The call took longer than it may (quota {Name}).",
        Quota.ConcurrentCalls => $"The {Whose} runs as many calls as it may (quota {Name}).",
        Quota.QueuedCalls => $"Too many calls of the {Whose} wait for their turn ({Name}).",
        Quota.StateBytes => $"The {Whose} keeps as much state as it may (quota {Name}).",
        Quota.Namespaces => $"The {Whose} has as many namespaces of records as it may ({Name}).",
        Quota.ConcurrentStreams => $"The {Whose} has as many streams open as it may (quota {Name}).",
        Quota.HeldBytes => $"The requests and replies of the {Whose} hold as much memory as they may at a time (quota {Name}).",
        Quota.Sessions => $"The {Whose} has as many sessions open as it may (quota {Name}).",
        _ => $"The {Whose}'s budget of the minute is used up (quota {Name}).",
    };

    internal string Name => QuotaNames.Of(Quota);

    internal string Whose => QuotaNames.Of(Scope);
}
