namespace OrleansMcp.Drill.Run;

/// <summary>A session that a virtual user opened.</summary>
/// <param name="number">The drill's number of the session, by which a history names it.</param>
/// <param name="id">The server's id.</param>
internal sealed class UserSession(int number, string id)
{
    public int Number => number;

    public string Id => id;

    /// <summary>The names of the secrets that the session was given.</summary>
    public HashSet<string> Secrets { get; } = new(StringComparer.Ordinal);

    /// <summary>Until when the user sends it no request, as a timestamp.</summary>
    public long IdleUntil { get; set; }
}
