namespace OrleansMcp.Sessions;

/// <summary>Finds session actors by key. The front end uses nothing else of an engine.</summary>
public interface ISessionDirectory
{
    /// <summary>A reference to the session. Activates nothing, creates nothing and never fails.</summary>
    ISession Get(SessionKey key);
}
