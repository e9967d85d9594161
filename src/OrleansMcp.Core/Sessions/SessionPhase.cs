namespace OrleansMcp.Sessions;

/// <summary>The phases of a <see cref="Session"/> instance.</summary>
internal enum SessionPhase
{
    /// <summary>Not open: there is no record.</summary>
    New,

    /// <summary>Being opened: the tenant is asked for a place and the record is being written.</summary>
    Opening,

    /// <summary>Open: messages are admitted.</summary>
    Live,

    /// <summary>Being ended: no message is admitted, and what runs is cancelled.</summary>
    Ending,

    /// <summary>Ended, or never opened. Final.</summary>
    Gone,

    /// <summary>Passivated; another instance takes over. Final.</summary>
    Passive,
}
