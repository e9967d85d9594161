using System.Text;
using Microsoft.Extensions.Logging;
using OrleansMcp.Embedded.Audit;
using OrleansMcp.Embedded.Files;
using OrleansMcp.Signals;
using OrleansMcp.Signals.Chains;
using OrleansMcp.Tests.Time;

namespace OrleansMcp.Tests.Audit;

/// <summary>A data folder with an audit in it, and what a test does to its files behind the server's back.</summary>
internal sealed class AuditHouse : IDisposable
{
    public static readonly DateTimeOffset Noon = new(2026, 7, 28, 12, 0, 0, TimeSpan.Zero);

    public string Data { get; } = Path.Combine(Path.GetTempPath(), "orleansmcp-tests", Guid.NewGuid().ToString("n"));

    public string Audit => Path.Combine(Data, "audit");

    public Disk Disk { get; init; } = new();

    public int MostWaiting { get; init; } = 10_000;

    public LogLines Log { get; } = new();

    public ManualTimeProvider Time { get; } = new();

    /// <summary>One life of a server: what <paramref name="act"/> appends is written when it returns.</summary>
    public async Task LiveAsync(Func<FileAudit, Task> act)
    {
        using var folder = DataFolder.Open(Data);
        await using var writes = new WriteQueue();
        await using var audit = new FileAudit(folder, writes, Disk, Time, Log, MostWaiting);
        await act(audit);
    }

    public Task LiveAsync(params AuditEntry[] entries) => LiveAsync(audit =>
    {
        foreach (var entry in entries)
        {
            audit.Append(entry);
        }

        return Task.CompletedTask;
    });

    public static AuditEntry Entry(string tenant, int number, DateTimeOffset? at = null) =>
        new(at ?? Noon, "session_ended", null, null, null, "s-1", tenant, "alice", $"number {number}");

    public static AuditEntry[] Entries(string tenant, int count, int first = 1) =>
        [.. Enumerable.Range(first, count).Select(number => Entry(tenant, number))];

    public AuditChainCheck Verify(string chain, params AuditHead[] expected) => AuditVerification.Find(Data)!.Verify(chain, expected);

    public string Day(string chain, string day = "2026-07-28") => Path.Combine(Audit, chain, day + ".jsonl");

    public string HeadOf(string chain) => Path.Combine(Audit, chain, "head");

    public List<string> Lines(string chain, string day = "2026-07-28") => [.. File.ReadAllLines(Day(chain, day))];

    public void Rewrite(string chain, IEnumerable<string> lines) => File.WriteAllText(Day(chain), string.Concat(lines.Select(line => line + "\n")));

    /// <summary>A line as the server would write it, for whoever can compute a hash: everybody can.</summary>
    public static string Forge(string chain, AuditHead previous, AuditEntry entry) => Encoding.UTF8.GetString(AuditLine.Write(chain, previous, entry).Line);

    public void Dispose() => Directory.Delete(Data, recursive: true);

    internal sealed class LogLines : ILogger<FileAudit>
    {
        private readonly List<string> _lines = [];

        public string Text
        {
            get
            {
                lock (_lines)
                {
                    return string.Join('\n', _lines);
                }
            }
        }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            lock (_lines)
            {
                _lines.Add(formatter(state, exception));
            }
        }
    }
}
