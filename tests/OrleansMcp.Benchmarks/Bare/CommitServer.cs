namespace OrleansMcp.Benchmarks.Bare;

/// <summary>
/// What durable calls are compared with: the bare endpoint, which answers once a row as long as a session's is committed by
/// <see cref="GroupedCommits"/>. The session id of a request is the number of its row.
/// </summary>
internal static class CommitServer
{
    /// <summary>All columns of the row that the server writes for a session with one small value, as they were counted.</summary>
    private const int RowBytes = 840;

    public static async Task<int> RunAsync(string urls, string file, int rows, CancellationToken cancellationToken)
    {
        using var commits = new GroupedCommits(file, rows);
        return await BareServer.RunAsync(urls, CommitAsync, cancellationToken);

        // GET /readyz comes without a row.
        Task CommitAsync(HttpRequest request) => request.Headers["Mcp-Session-Id"] is [{ } row]
            ? commits.WriteAsync(long.Parse(row, CultureInfo.InvariantCulture), NewRow())
            : Task.CompletedTask;
    }

    // Other bytes each time: SQLite writes no page on which nothing changes.
    private static byte[] NewRow()
    {
        var row = new byte[RowBytes];
        Random.Shared.NextBytes(row);
        return row;
    }
}
