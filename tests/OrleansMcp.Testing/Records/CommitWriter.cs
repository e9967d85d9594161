using System.Text.Json;
using OrleansMcp.Records;
using OrleansMcp.Records.Log;

namespace OrleansMcp.Tests.Records;

/// <summary>Writes commits of a namespace of alice's, each with the next version.</summary>
internal sealed class CommitWriter
{
    /// <summary>Of the last commit.</summary>
    public long Version { get; set; }

    public Task AppendAsync(IRecordLog log, params Func<RecordCommit, RecordCommit>[] makers)
    {
        var commits = makers.Select(make => make(Next())).ToArray();
        return log.AppendAsync(commits, [.. commits.Select(commit => new KnownTransaction(commit.Id, commit.Version, commit.At))]).AsTask();
    }

    public static Func<RecordCommit, RecordCommit> Put(string key, string value) => commit => commit with { Puts = [Record(commit, key, value)] };

    public static Func<RecordCommit, RecordCommit> Delete(string key) => commit => commit with { Deletes = [key] };

    public static Func<RecordCommit, RecordCommit> Share(string client) => commit => commit with { Grants = [new(client, RecordAccess.Read)] };

    /// <param name="commit">The first one of the record.</param>
    /// <param name="key">Of the record.</param>
    /// <param name="value">JSON.</param>
    public static Record Record(RecordCommit commit, string key, string value) => new()
    {
        Key = key, Value = JsonDocument.Parse(value).RootElement.Clone(), Version = commit.Version, Transaction = commit.Id,
        CreatedBy = "alice", CreatedAt = commit.At, LastModifiedBy = "alice", ModifiedAt = commit.At, Session = "s",
    };

    private RecordCommit Next() =>
        new(++Version, Guid.NewGuid(), new RecordAuthor("acme", "alice", "alice", "s"), new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
}
