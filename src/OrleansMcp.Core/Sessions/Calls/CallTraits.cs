namespace OrleansMcp.Sessions.Calls;

/// <summary>What a call was seen to look at or to do, as far as its result may depend on it.</summary>
[Flags]
internal enum CallTraits
{
    /// <summary>Nothing but its arguments and its tenant.</summary>
    None = 0,

    /// <summary>Who its client is, or what that client may reach.</summary>
    Client = 1,

    /// <summary>Its session: its name, its state, its quotas, what its client can do.</summary>
    Session = 2,

    /// <summary>Secrets.</summary>
    Secret = 4,

    /// <summary>It did more than to return: it changed state, told or asked its client something.</summary>
    Effect = 8,
}
