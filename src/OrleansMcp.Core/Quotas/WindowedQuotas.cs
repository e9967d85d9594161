namespace OrleansMcp.Quotas;

/// <summary>The quotas that are counted in windows of a minute, and their places in the arrays of ledgers.</summary>
/// <remarks>
/// The first <see cref="Stored"/> are what a client is given, such as tool calls: a crash must not give it twice, so a record covers them before
/// they are leased. The others protect the server. They are counted in memory, so that a request that stores nothing needs no store; the
/// actor of a tenant begins its minute anew when it is lost.
/// </remarks>
internal static class WindowedQuotas
{
    /// <summary>How many there are.</summary>
    public const int Count = 8;

    /// <summary>How many of them <see cref="LedgerRecord"/> has, with their numbers as places.</summary>
    public const int Stored = 6;

    /// <summary>The quota at a place.</summary>
    public static Quota At(int place) => place < Stored ? (Quota)place : Quota.Requests + (place - Stored);

    /// <summary>The place of a quota.</summary>
    public static int PlaceOf(Quota quota) => (int)quota < Stored ? (int)quota : quota - Quota.Requests + Stored;

    /// <summary>Whether a record covers the quota.</summary>
    public static bool IsStored(Quota quota) => (int)quota < Stored;
}
