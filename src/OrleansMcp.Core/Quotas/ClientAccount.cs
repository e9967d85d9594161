using OrleansMcp.Sessions;

namespace OrleansMcp.Quotas;

/// <summary>All that is counted for one client.</summary>
internal sealed class ClientAccount(string tenant, WindowLedger spent)
{
    public WindowLedger Spent { get; set; } = spent;

    /// <summary>What its sessions hold.</summary>
    public SessionHoldings Sessions { get; } = new(tenant);

    /// <summary>What single sessions have spent, where they have quotas of their own.</summary>
    public Dictionary<SessionKey, WindowLedger> SpentBySessions { get; } = [];

    public SlotLedger Slots { get; } = new();

    /// <summary>How much state each of its namespaces of records holds, bytes.</summary>
    public Dictionary<string, long> Namespaces { get; } = new(StringComparer.Ordinal);

    /// <summary>How much state it keeps in all, bytes.</summary>
    public long StateBytes => Sessions.StateBytes + Namespaces.Values.Sum();

    /// <summary>Slots that the store knows to be out at most.</summary>
    public int SlotsReserved { get; set; }

    /// <summary>Slots that the store is to know to be out at most.</summary>
    public int SlotsAimed { get; set; }
}
