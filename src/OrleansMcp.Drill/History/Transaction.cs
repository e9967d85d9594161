namespace OrleansMcp.Drill.History;

/// <summary>A record as a transaction found it, or asserted it to be.</summary>
/// <param name="Key">The key.</param>
/// <param name="Version">Its version; 0: there was none.</param>
/// <param name="Token">What is unique in its value; null when only the version was asserted, or there was none.</param>
/// <param name="Count">The number in its value, for keys that count.</param>
/// <param name="Author">The client that wrote it, says the server; null when it said nothing.</param>
internal sealed record Read(string Key, long Version, string? Token = null, long? Count = null, string? Author = null);

/// <summary>A record that a transaction put or deleted.</summary>
/// <param name="Key">The key.</param>
/// <param name="Token">What is unique in the value; null deletes.</param>
/// <param name="Expected">The version that must be current; 0: there must be none; null: whatever there is.</param>
/// <param name="Count">The number in the value, for keys that count.</param>
internal sealed record Write(string Key, string? Token, long? Expected = null, long? Count = null);

/// <summary>
/// What was read and written in one namespace as of one moment: one call of a tool, or several that read one snapshot. The ticks of those
/// are the first one's, in which the moment lies.
/// </summary>
/// <param name="Stamp">When and by whom.</param>
/// <param name="Tool">The tool, for people.</param>
/// <param name="Space">The namespace.</param>
/// <param name="Reads">What it found.</param>
/// <param name="Writes">What it wrote, or tried to.</param>
/// <param name="Version">The version that it gave to what it wrote; 0 when it wrote nothing or that is not known.</param>
/// <param name="Scanned">Not null: it read all keys that begin with this; those that <paramref name="Reads"/> does not name were not there.</param>
internal sealed record Transaction(
    Stamp Stamp, string Tool, Space Space, IReadOnlyList<Read> Reads, IReadOnlyList<Write> Writes, long Version = 0, string? Scanned = null)
    : Operation(Stamp)
{
    /// <summary>Begins the keys whose values count.</summary>
    public const string CounterPrefix = "count-";

    public override string Area => Areas.Records;

    public override string What => $"{Tool} in {Space}:{Parts}{(Version > 0 ? $" as version {Version}" : "")}";

    private string Parts => string.Concat(Reads.Select(Show).Concat(Writes.Select(Show)));

    private static string Show(Read read) =>
        read.Version == 0 ? $" {read.Key} is not there;" : $" {read.Key} is version {read.Version}{Show(read.Token, read.Count)};";

    private static string Show(Write write) =>
        $" {(write.Token is null ? "delete" : "put")} {write.Key}{Show(write.Token, write.Count)}{(write.Expected is { } version ? $" over version {version}" : "")};";

    private static string Show(string? token, long? count) => $"{(token is null ? "" : $" '{token}'")}{(count is null ? "" : $" = {count}")}";
}
