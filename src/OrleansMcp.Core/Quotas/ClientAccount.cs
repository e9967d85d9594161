using OrleansMcp.Sessions;

namespace OrleansMcp.Quotas;

/// <summary>The counters and holdings of one client.</summary>
internal sealed class ClientAccount(string tenant, string client, WindowLedger spent)
{
    public string Client => client;

    public WindowLedger Spent { get; set; } = spent;

    /// <summary>The places and the state that the client's sessions hold.</summary>
    public SessionHoldings Sessions { get; } = new(tenant);

    /// <summary>What single sessions have spent, where the configuration has quotas per session.</summary>
    public Dictionary<SessionKey, WindowLedger> SpentBySessions { get; } = [];

    public SlotLedger Slots { get; } = new();

    /// <summary>State of each namespace of records of the client, bytes.</summary>
    public Dictionary<string, long> Namespaces { get; } = new(StringComparer.Ordinal);

    /// <summary>State of its sessions and namespaces, bytes.</summary>
    public long StateBytes => Sessions.StateBytes + Namespaces.Values.Sum();

    /// <summary>Slots that the stored record covers.</summary>
    public int SlotsReserved { get; set; }

    /// <summary>Slots that the next stored record is to cover.</summary>
    public int SlotsAimed { get; set; }
}
