namespace OrleansMcp.Sessions.Calls;

/// <summary>What the handler of a call read or did, as far as the result may depend on it.</summary>
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

    /// <summary>An effect besides the result: state was changed, or the client was sent a notification or a request.</summary>
    Effect = 8,
}
