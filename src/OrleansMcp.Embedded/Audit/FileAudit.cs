using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using OrleansMcp.Embedded.Files;
using OrleansMcp.Signals;

namespace OrleansMcp.Embedded.Audit;

/// <summary>Appends audit entries as JSON lines, a file a day. Callers never wait for the disk and never fail because of it.</summary>
internal sealed partial class FileAudit : IAuditSink, IAsyncDisposable
{
    private const int MaxWaiting = 10_000;

    private readonly Channel<AuditEntry> _entries = Channel.CreateBounded<AuditEntry>(
        new BoundedChannelOptions(MaxWaiting) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

    private readonly DataFolder _folder;
    private readonly ILogger<FileAudit> _logger;
    private readonly Task _writing;

    public FileAudit(DataFolder folder, ILogger<FileAudit> logger)
    {
        _folder = folder;
        _logger = logger;
        _writing = Task.Run(WriteAsync);
    }

    public void Append(AuditEntry entry)
    {
        if (!_entries.Writer.TryWrite(entry))
        {
            LogDropped(_logger, entry.Event);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _entries.Writer.TryComplete();
        await _writing;
    }

    private async Task WriteAsync()
    {
        while (await _entries.Reader.WaitToReadAsync())
        {
            try
            {
                await WriteBatchAsync();
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                LogFailed(_logger, e);
            }
        }
    }

    private async Task WriteBatchAsync()
    {
        var batch = new MemoryStream();
        string? day = null;
        while (_entries.Reader.TryPeek(out var entry))
        {
            var its = entry.At.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
            if (day is not null && its != day)
            {
                break;
            }

            day = its;
            _entries.Reader.TryRead(out _);
            JsonSerializer.Serialize(batch, entry, AuditJson.Default.AuditEntry);
            batch.WriteByte((byte)'\n');
        }

        if (day is not null)
        {
            await using var file = new FileStream(Path.Combine(_folder.Audit, day + ".jsonl"), FileMode.Append, FileAccess.Write, FileShare.Read);
            batch.Position = 0;
            await batch.CopyToAsync(file);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Audit entries could not be written.")]
    private static partial void LogFailed(ILogger logger, Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "The audit is overwhelmed; an entry of {Event} was dropped.")]
    private static partial void LogDropped(ILogger logger, string @event);
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(AuditEntry))]
internal sealed partial class AuditJson : JsonSerializerContext;
