namespace OrleansMcp.Drill.History;

/// <summary>A record as a transaction found it, or asserted it to be.</summary>
/// <param name="Key">The key.</param>
/// <param name="Version">Its version; 0: there was no record.</param>
/// <param name="Token">The token in its value, which no other value has; null when only the version was asserted, or there was no record.</param>
/// <param name="Count">The number in its value, for keys that count.</param>
/// <param name="Author">The client that wrote it, as the server answered; null when the answer names none.</param>
internal sealed record Read(string Key, long Version, string? Token = null, long? Count = null, string? Author = null);

/// <summary>A record that a transaction put or deleted.</summary>
/// <param name="Key">The key.</param>
/// <param name="Token">The token in the value, which no other value has; null deletes.</param>
/// <param name="Expected">The version that must be current; 0: there must be no record; null: no condition.</param>
/// <param name="Count">The number in the value, for keys that count.</param>
internal sealed record Write(string Key, string? Token, long? Expected = null, long? Count = null);

/// <summary>
/// What was read and written in one namespace as of one moment: one call of a tool, or several calls that read one snapshot. The ticks of
/// several calls are those of the first one, in which the moment lies.
/// </summary>
/// <param name="Stamp">When and by which client.</param>
/// <param name="Tool">The tool, for people.</param>
/// <param name="Space">The namespace.</param>
/// <param name="Reads">The records that it found, and those that it found missing.</param>
/// <param name="Writes">The records that it wrote, or tried to write.</param>
/// <param name="Version">The version of everything that it wrote; 0 when it wrote nothing, or when the version is not known.</param>
/// <param name="Scanned">Not null: it read all keys with this prefix; keys that <paramref name="Reads"/> does not name had no record.</param>
internal sealed record Transaction(
    Stamp Stamp, string Tool, RecordSpace Space, IReadOnlyList<Read> Reads, IReadOnlyList<Write> Writes, long Version = 0, string? Scanned = null)
    : Operation(Stamp)
{
    /// <summary>The prefix of keys whose values count.</summary>
    public const string CounterPrefix = "count-";

    public override string Area => Areas.Records;

    public override string Description => $"{Tool} in {Space}:{Parts}{(Version > 0 ? $" as version {Version}" : "")}";

    private string Parts => string.Concat(Reads.Select(Show).Concat(Writes.Select(Show)));

    private static string Show(Read read) =>
        read.Version == 0 ? $" {read.Key} is not there;" : $" {read.Key} is version {read.Version}{Show(read.Token, read.Count)};";

    private static string Show(Write write) =>
        $" {(write.Token is null ? "delete" : "put")} {write.Key}{Show(write.Token, write.Count)}{(write.Expected is { } version ? $" over version {version}" : "")};";

    private static string Show(string? token, long? count) => $"{(token is null ? "" : $" '{token}'")}{(count is null ? "" : $" = {count}")}";
}
