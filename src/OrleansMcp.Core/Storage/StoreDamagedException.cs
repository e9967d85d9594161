namespace OrleansMcp.Storage;

/// <summary>
/// Stored data is not what was written. Reading it again does not help, unlike with a store that does not answer. A request that needs the
/// data is refused: damage never widens access, refills a counter or restores a grant that was revoked.
/// </summary>
public sealed class StoreDamagedException : IOException
{
    private const string Refused = "Nothing that needs it is served.";
    private const string WayBack = $"{Refused} Stop the server and bring a back-up into its place: restore FILE.";

    private StoreDamagedException(string message, Exception? inner)
        : base(message, inner)
    {
    }

    /// <summary>One row is damaged: what belongs to its tenant or namespace stops, nothing else.</summary>
    /// <param name="table">The table.</param>
    /// <param name="key">The row's key, as a person would look for it. No secret and no session id.</param>
    /// <param name="problem">What does not fit, as the end of a sentence.</param>
    /// <param name="inner">What was found, if it was an exception.</param>
    public static StoreDamagedException OfRow(string table, string key, string problem, Exception? inner = null) =>
        new($"The row '{key}' of the table '{table}' is damaged: {problem}. {WayBack}", inner);

    /// <summary>One row of a store without a command for back-ups is damaged.</summary>
    /// <param name="table">The table.</param>
    /// <param name="key">The row's key, as a person would look for it. No secret and no session id.</param>
    /// <param name="problem">What does not fit, as the end of a sentence.</param>
    /// <param name="loss">What is lost when the row is deleted instead of brought back, as the end of a sentence.</param>
    /// <param name="inner">What was found, if it was an exception.</param>
    public static StoreDamagedException OfTableRow(string table, string key, string problem, string loss, Exception? inner = null) => new(
        $"The row '{key}' of the table '{table}' is damaged: {problem}. {Refused} Bring it back from a copy of the table (restore FILE is for the store sqlite), or delete it, which {loss}. Then start the processes again.", inner);

    /// <summary>Whether the whole store is damaged, so that the process must stop.</summary>
    /// <param name="file">Which.</param>
    /// <param name="problem">What does not fit, as the end of a sentence.</param>
    /// <param name="inner">What was found, if it was an exception.</param>
    public static StoreDamagedException OfFile(string file, string problem, Exception? inner = null) =>
        new($"The database '{file}' is damaged: {problem}. {WayBack}", inner) { IsWhole = true };

    /// <summary>Whether the whole store is damaged, and not one row.</summary>
    public bool IsWhole { get; private init; }
}
