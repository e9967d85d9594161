using Orleans.Storage;
using OrleansMcp.Auditing;
using OrleansMcp.Hosting.Settings;
using OrleansMcp.Records.Log;
using OrleansMcp.Sessions.State;
using OrleansMcp.Signals;
using OrleansMcp.Tenants;

namespace OrleansMcp.Hosting;

/// <summary>
/// A store that the application registered (<see cref="StoreKind.Application"/>). A silo needs an <see cref="IGrainStorage"/> named
/// <see cref="SessionStorage.Name"/>, which also holds the ledgers unless there is an <see cref="Quotas.ILedgerStore"/>, an
/// <see cref="ISessionRegistry"/> and an <see cref="IRecordStore"/>; every process needs an <see cref="IAuditSink"/>.
/// </summary>
internal static class ApplicationStore
{
    /// <exception cref="StartRefusedException">A part is missing; the message names each.</exception>
    public static void Require(IServiceProvider services)
    {
        var settings = services.GetRequiredService<ServerSettings>();
        if (settings.Store != StoreKind.Application)
        {
            return;
        }

        var missing = MissingParts(services.GetRequiredService<IServiceProviderIsKeyedService>(), settings).ToArray();
        if (missing.Length > 0)
        {
            throw new StartRefusedException($"The store is the application's, and it has registered no {string.Join(", no ", missing)}.");
        }
    }

    private static IEnumerable<string> MissingParts(IServiceProviderIsKeyedService services, ServerSettings settings)
    {
        if (settings.IsSilo && !services.IsKeyedService(typeof(IGrainStorage), SessionStorage.Name))
        {
            yield return $"{nameof(IGrainStorage)} named '{SessionStorage.Name}'";
        }

        Type[] parts = settings.IsSilo ? [typeof(ISessionRegistry), typeof(IRecordStore), typeof(IAuditSink)] : [typeof(IAuditSink)];
        foreach (var part in parts.Where(part => !services.IsService(part)))
        {
            yield return part.Name;
        }
    }
}
