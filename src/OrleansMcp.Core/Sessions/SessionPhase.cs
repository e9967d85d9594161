namespace OrleansMcp.Sessions;

/// <summary>How far the life of a <see cref="Session"/> instance is.</summary>
internal enum SessionPhase
{
    /// <summary>Nothing durable behind it yet.</summary>
    New,

    /// <summary>Being opened: the place is claimed and the record is on its way to the store.</summary>
    Opening,

    /// <summary>Open: messages are admitted.</summary>
    Live,

    /// <summary>Being ended: no message is admitted, and what runs is cancelled.</summary>
    Ending,

    /// <summary>Ended, or never opened. Final.</summary>
    Gone,

    /// <summary>Left memory; another instance takes over. Final.</summary>
    Passive,
}
