using System.Collections.Concurrent;
using System.Text.Json;
using OrleansMcp.Auditing;
using OrleansMcp.Signals;

namespace OrleansMcp.Tests.Hosting;

/// <summary>The audit of a test, which outlives what is restarted.</summary>
internal sealed class AuditList : IAuditSink
{
    private readonly ConcurrentQueue<AuditEntry> _entries = new();

    public bool HoldsReceipts { get; set; }

    public IReadOnlyCollection<AuditEntry> Entries => _entries;

    public void Clear() => _entries.Clear();

    public void Append(AuditEntry entry) => _entries.Enqueue(entry);

    public override string ToString() => string.Concat(_entries.Select(entry => JsonSerializer.Serialize(entry, JsonSerializerOptions.Web) + "\n"));
}
