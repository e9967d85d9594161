using OrleansMcp.Sessions;

namespace OrleansMcp.Quotas;

/// <summary>All that is counted for one client.</summary>
internal sealed class ClientAccount(WindowLedger spent)
{
    public WindowLedger Spent { get; set; } = spent;

    public HashSet<SessionKey> Open { get; } = [];

    /// <summary>What single sessions have spent, where they have quotas of their own.</summary>
    public Dictionary<SessionKey, WindowLedger> Sessions { get; } = [];

    public SlotLedger Slots { get; } = new();

    public StateLedger State { get; } = new();

    /// <summary>Slots that the store knows to be out at most.</summary>
    public int SlotsReserved { get; set; }

    /// <summary>Slots that the store is to know to be out at most.</summary>
    public int SlotsAimed { get; set; }
}
