namespace OrleansMcp.Sessions;

/// <summary>Finds session actors by key. The front end knows an engine by nothing else.</summary>
public interface ISessionDirectory
{
    /// <summary>A reference to the session. Costs nothing durable, creates nothing, and never fails.</summary>
    ISession Get(SessionKey key);
}
