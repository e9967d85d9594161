using static OrleansMcp.Hosting.Settings.KnownSettings;

namespace OrleansMcp.Hosting.Settings;

/// <summary>
/// Checks settings against each other. A setting that has no effect beside the others is refused, because the operator expects an effect.
/// </summary>
internal sealed partial class SettingsReader
{
    private static readonly Setting[] s_ofSilos = [Address, SiloPort, GatewayPort, ListenOnAny, InsecureSiloPorts];
    private static readonly Setting[] s_ofClusters = [ClusterId, TlsCertificate, TlsKey, TlsAuthority, TlsName, Probe];

    private void Check(ServerSettings settings)
    {
        CheckStore(settings);
        CheckCluster(settings);
        if (settings is { IsClustered: true, IsSilo: true })
        {
            CheckPorts(settings);
        }
    }

    private void CheckStore(ServerSettings settings)
    {
        if (settings.Store == StoreKind.Sqlite)
        {
            CheckSqlite(settings);
            return;
        }

        var store = settings.Store == StoreKind.Tables ? "tables" : "application";
        RefuseIfGiven([Data], "is the folder of the store sqlite");
        Require(SessionIdKeys, $"is needed by the store {store}: 32 random bytes in base64, newest first, separated by commas, the same in every process");
        if (settings.Store == StoreKind.Tables || settings.IsClustered)
        {
            Require(Tables, $"is needed by the {(settings.Store == StoreKind.Tables ? "store" : "clustering")} tables");
        }
        else
        {
            RefuseIfGiven([Tables], "means nothing to the store application of a process that is alone");
        }
    }

    private void CheckSqlite(ServerSettings settings)
    {
        RefuseIfGiven([SessionIdKeys], "goes with other stores: the store sqlite keeps keys of its own, which 'keys rotate' changes");
        if (settings.IsClustered)
        {
            Error(Store, "must be tables or application in a cluster, whose processes share their state");
            return;
        }

        RefuseIfGiven([Tables, ServiceId], "means nothing to the store sqlite of a process that is alone");
    }

    private void CheckCluster(ServerSettings settings)
    {
        if (!settings.IsClustered)
        {
            RefuseIfGiven([.. s_ofClusters, .. s_ofSilos], "means nothing without clustering: this process is alone");
            if (settings.Role != ServerRole.All)
            {
                Error(Clustering, "is needed by the roles silo and gateway, which are parts of a cluster");
            }
        }
        else if (!settings.IsSilo)
        {
            RefuseIfGiven(s_ofSilos, "means nothing to a gateway, which has no such port");
        }
    }

    private void CheckPorts(ServerSettings settings)
    {
        var endpoints = settings.Endpoints;
        var taken = settings.Urls.Split(';').Select(PortOf).ToArray();
        foreach (var (setting, port) in new[] { (SiloPort, endpoints.SiloPort), (GatewayPort, endpoints.GatewayPort) })
        {
            if (taken.Contains(port))
            {
                Error(setting, "must differ from the port of urls");
            }
        }

        if (endpoints.SiloPort == endpoints.GatewayPort)
        {
            Error(GatewayPort, "must differ from silo-port");
        }

        var isInsecure = Flag(InsecureSiloPorts);
        if (endpoints.IsOpen && settings.Tls is null && !isInsecure && !_given.Has(TlsCertificate))
        {
            Error(TlsCertificate, "is needed where other machines reach the silo's ports, with tls-key and tls-authority; or say insecure-silo-ports true");
        }
    }

    private void Require(Setting setting, string what)
    {
        if (!_given.Has(setting))
        {
            Error(setting, what);
        }
    }

    private void RefuseIfGiven(IEnumerable<Setting> settings, string what)
    {
        foreach (var setting in settings.Where(_given.Has))
        {
            Error(setting, what);
        }
    }
}
