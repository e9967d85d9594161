using Azure.Data.Tables;
using OrleansMcp.Auditing;
using OrleansMcp.Hosting.Settings;
using OrleansMcp.Hosting.Storage;
using OrleansMcp.Storage.AzureTables;
using OrleansMcp.Storage.Sqlite;

namespace OrleansMcp.Server.Commands;

/// <summary>The audit of a store, for as long as a command looks at it.</summary>
internal sealed class OpenedAudit : IDisposable
{
    private readonly IDisposable? _folder;

    private OpenedAudit(IAuditReader audit, IDisposable? folder) => (Audit, _folder) = (audit, folder);

    public IAuditReader Audit { get; }

    /// <exception cref="IOException">There is no such store.</exception>
    public static OpenedAudit Open(ServerSettings settings)
    {
        if (settings.Store == StoreKind.Tables)
        {
            // With the patience of the client library: no session waits for this.
            return new OpenedAudit(TableStoreExtensions.OpenAudit(TableService.Create(settings, new TableClientOptions())), folder: null);
        }

        var folder = SqliteDataFolder.Open(settings.DataFolder);
        return new OpenedAudit(folder.Audit, folder);
    }

    public void Dispose() => _folder?.Dispose();
}
