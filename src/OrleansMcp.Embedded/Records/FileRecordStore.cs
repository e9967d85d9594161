using Microsoft.Extensions.Logging;
using OrleansMcp.Embedded.Files;
using OrleansMcp.Records;
using OrleansMcp.Records.Log;

namespace OrleansMcp.Embedded.Records;

/// <summary>One file a namespace, below the folders of its tenant and its owner.</summary>
internal sealed class FileRecordStore(DataFolder folder, WriteQueue queue, Disk disk, ILogger<FileRecordStore> logger) : IRecordStore
{
    public IRecordLog Open(RecordSpaceKey key) =>
        new FileRecordLog(key, Path.Combine(folder.Records, key.Tenant, key.Owner), folder.Records, queue, disk, logger);
}
