using Azure.Core;
using Azure.Data.Tables;
using Azure.Identity;
using OrleansMcp.Hosting.Settings;

namespace OrleansMcp.Hosting.Storage;

/// <summary>
/// The one client of the table service. Short timeouts, because a write that waits for a table blocks the later writes of its session.
/// </summary>
internal static class TableService
{
    public static TableServiceClient Create(ServerSettings settings) => Create(settings, Options());

    /// <summary>How the tables are spoken to. Tests add to it.</summary>
    internal static TableClientOptions Options()
    {
        var options = new TableClientOptions();
        options.Retry.MaxRetries = 1;
        options.Retry.Mode = RetryMode.Exponential;
        options.Retry.Delay = TimeSpan.FromMilliseconds(100);
        options.Retry.MaxDelay = TimeSpan.FromMilliseconds(500);
        options.Retry.NetworkTimeout = TimeSpan.FromSeconds(1.5);
        return options;
    }

    internal static TableServiceClient Create(ServerSettings settings, TableClientOptions options) => settings.Tables!.ConnectionString is { } connection
        ? new TableServiceClient(connection, options)
        : new TableServiceClient(settings.Tables.ServiceUri, Credential(settings.ManagedIdentity), options);

    public static ManagedIdentityCredential Credential(string? clientId) => new(
        clientId is null ? ManagedIdentityId.SystemAssigned : ManagedIdentityId.FromUserAssignedClientId(clientId));
}
