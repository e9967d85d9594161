using OrleansMcp.Sessions;

namespace OrleansMcp.Signals;

/// <summary>Turns the verdict on a presented session id, handle or request state into its signal.</summary>
public static class Attempts
{
    /// <summary>Raises nothing for a valid token. The owner of a foreign one is not known without its record, and is not looked up.</summary>
    public static void Raise(ISignals signals, TokenVerdict verdict, Caller caller, string what)
    {
        var name = verdict switch
        {
            TokenVerdict.ForeignClient => SignalName.CrossSessionAttempt,
            TokenVerdict.ForeignTenant => SignalName.CrossTenantAttempt,
            TokenVerdict.Forged => SignalName.ForgedSessionId,
            _ => null,
        };
        if (name is not null)
        {
            signals.Raise(new Signal(name, caller, What: what));
        }
    }
}
