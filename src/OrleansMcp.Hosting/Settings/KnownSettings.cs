namespace OrleansMcp.Hosting.Settings;

/// <summary>Every setting there is. What is not here is refused.</summary>
internal static class KnownSettings
{
    public static readonly Setting Role = new("role", "What the process does: all (HTTP and sessions; the default), silo (sessions) or gateway (HTTP).");
    public static readonly Setting Store = new("store", "Where state is kept: sqlite (in the data folder; the default), tables (Azure Tables) or application (what an application of its own registered).");
    public static readonly Setting Clustering = new("clustering", "How processes find each other: none (this one is alone; the default) or tables.");
    public static readonly Setting Data = new("data", $"The data folder of the store sqlite. Default: {ServerSettings.DefaultDataFolder} in the current folder.");
    public static readonly Setting Tables = new("tables", "The table service: a connection string, or its https URI, which is used with a managed identity.");
    public static readonly Setting ManagedIdentity = new("managed-identity", "Client id of the user-assigned identity for tables and Key Vault. Default: the system-assigned one.");
    public static readonly Setting SessionIdKeys = new("session-id-keys", "With the stores tables and application: keys of session ids, 32 random bytes in base64 each, newest first, separated by commas.");
    public static readonly Setting Config = new("config", "The configuration file of tenants and clients. Default: the bundled demo configuration.");
    public static readonly Setting Urls = new("urls", $"Addresses to listen on, separated by semicolons. Default: {ServerSettings.DefaultUrl}.");
    public static readonly Setting Log = new("log", "The log as text (the default) or json.");
    public static readonly Setting Drain = new("drain", "Seconds that a stopping process serves on, not ready any more: 0 to 10. Default: 2 in a cluster, 0 alone.");
    public static readonly Setting ClusterId = new("cluster-id", "Processes with the same id form one cluster. Default: orleansmcp.");
    public static readonly Setting ServiceId = new("service-id", "Names the state in the tables; survives a change of cluster-id. Default: orleansmcp.");
    public static readonly Setting Address = new("address", "The IP address at which others reach this silo. Default: 127.0.0.1.");
    public static readonly Setting SiloPort = new("silo-port", "The port told to other silos. Default: 11111.");
    public static readonly Setting GatewayPort = new("gateway-port", "The port told to gateways. Default: 30000.");
    public static readonly Setting ListenOnAny = new("listen-on-any", "Listen for silos and gateways on every address of the machine: true or false. Default: false.");
    public static readonly Setting InsecureSiloPorts = new("insecure-silo-ports", "Let other machines reach the silo's ports without certificates: true or false. Default: false.");
    public static readonly Setting TlsCertificate = new("tls-certificate", "This process's certificate towards silos and gateways, PEM.");
    public static readonly Setting TlsKey = new("tls-key", "Its private key, PEM.");
    public static readonly Setting TlsAuthority = new("tls-authority", "The only authority whose certificates are trusted, PEM.");
    public static readonly Setting TlsName = new("tls-name", "The DNS name that every certificate of the cluster carries. Default: orleansmcp.");
    public static readonly Setting Probe = new("probe", "Seconds between probes of other silos: 0.2 to 60. Default: 1.");

    /// <summary>All of them, as help shows them.</summary>
    public static IReadOnlyList<Setting> All { get; } =
    [
        Role, Store, Clustering, Config, Urls, Data, Tables, ManagedIdentity, SessionIdKeys, ClusterId, ServiceId, Address, SiloPort, GatewayPort, ListenOnAny,
        InsecureSiloPorts, TlsCertificate, TlsKey, TlsAuthority, TlsName, Probe, Drain, Log,
    ];

    /// <summary>Those that say which store it is, for commands that look at one.</summary>
    public static IReadOnlyList<Setting> OfStore { get; } = [Store, Data, Tables, ManagedIdentity];
}
