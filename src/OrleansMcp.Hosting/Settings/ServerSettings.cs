namespace OrleansMcp.Hosting.Settings;

/// <summary>What a process does.</summary>
[Flags]
internal enum ServerRole
{
    /// <summary>Holds sessions. Its HTTP serves health checks alone.</summary>
    Silo = 1,

    /// <summary>Serves HTTP as a client of the silos.</summary>
    Gateway = 2,

    /// <summary>Serves HTTP and holds sessions.</summary>
    All = Silo | Gateway,
}

/// <summary>Where state is kept.</summary>
internal enum StoreKind
{
    /// <summary>One database in the data folder.</summary>
    Sqlite,

    /// <summary>Azure Tables.</summary>
    Tables,

    /// <summary>What the application registered itself (<see cref="ApplicationStore"/>).</summary>
    Application,
}

/// <summary>How processes find each other.</summary>
internal enum ClusteringKind
{
    /// <summary>They do not: this one is alone.</summary>
    None,

    /// <summary>By a table of Azure Tables.</summary>
    Tables,
}

/// <summary>Everything a process is told. Validated: an instance that <see cref="SettingsReader"/> made is usable.</summary>
internal sealed record ServerSettings
{
    public const string DefaultUrl = "http://127.0.0.1:5080";
    public const string DefaultDataFolder = "orleansmcp-data";

    public ServerRole Role { get; init; } = ServerRole.All;

    public StoreKind Store { get; init; } = StoreKind.Sqlite;

    public ClusteringKind Clustering { get; init; } = ClusteringKind.None;

    /// <summary>The data folder of <see cref="StoreKind.Sqlite"/>, a full path.</summary>
    public string DataFolder { get; init; } = Path.GetFullPath(DefaultDataFolder);

    /// <summary>Processes with the same id form one cluster.</summary>
    public string ClusterId { get; init; } = "orleansmcp";

    /// <summary>Names the state in the tables; survives a change of <see cref="ClusterId"/>.</summary>
    public string ServiceId { get; init; } = "orleansmcp";

    /// <summary>Addresses of the HTTP endpoint. A process in the role silo serves health checks there and nothing else.</summary>
    public string Urls { get; init; } = DefaultUrl;

    /// <summary>The tenants' configuration file; null for the demo configuration.</summary>
    public string? ConfigFile { get; init; }

    /// <summary>The table service, where store or clustering need one.</summary>
    public TableSettings? Tables { get; init; }

    /// <summary>Client id of the identity that reads tables and Key Vault; null for the system-assigned one.</summary>
    public string? ManagedIdentity { get; init; }

    /// <summary>Where other processes reach this silo.</summary>
    public EndpointSettings Endpoints { get; init; } = new();

    /// <summary>Keys of session ids: the first issues, all verify. Empty with <see cref="StoreKind.Sqlite"/>, which keeps its own.</summary>
    public IReadOnlyList<byte[]> SessionIdKeys { get; init; } = [];

    /// <summary>Certificates for the connections between processes; null: unencrypted.</summary>
    public TlsSettings? Tls { get; init; }

    public FailureDetectionSettings FailureDetection { get; init; } = new();

    /// <summary>How long a stopping process answers not-ready before it closes its doors; at most <see cref="LongestDrain"/>.</summary>
    public TimeSpan Drain { get; init; }

    /// <summary>What is left of the 30 s that a process is given to stop must do for its calls and its sessions.</summary>
    public static TimeSpan LongestDrain { get; } = TimeSpan.FromSeconds(10);

    /// <summary>The log as JSON for collectors instead of lines for people. Default false.</summary>
    public bool LogsJson { get; init; }

    public bool IsSilo => Role.HasFlag(ServerRole.Silo);

    public bool IsGateway => Role.HasFlag(ServerRole.Gateway);

    public bool IsClustered => Clustering != ClusteringKind.None;
}

/// <summary>An Azure Table service: by connection string, or by URI and managed identity.</summary>
internal sealed record TableSettings(string? ConnectionString, Uri? ServiceUri);

/// <summary>Where a silo listens and where it says that it does.</summary>
internal sealed record EndpointSettings
{
    /// <summary>The address told to others: an IP. Default loopback.</summary>
    public System.Net.IPAddress Address { get; init; } = System.Net.IPAddress.Loopback;

    /// <summary>The port told to other silos. Default 11111.</summary>
    public int SiloPort { get; init; } = 11111;

    /// <summary>The port told to gateways. Default 30000.</summary>
    public int GatewayPort { get; init; } = 30000;

    /// <summary>Listen on every address of the machine, as behind a proxy that forwards the advertised one. Default false.</summary>
    public bool ListenOnAny { get; init; }

    /// <summary>Whether other machines reach the ports.</summary>
    public bool IsOpen => ListenOnAny || !System.Net.IPAddress.IsLoopback(Address);
}

/// <summary>Mutual TLS: silos and gateways present certificates of one authority to each other.</summary>
/// <param name="CertificateFile">This process's certificate, PEM.</param>
/// <param name="KeyFile">Its private key, PEM.</param>
/// <param name="AuthorityFile">The only authority trusted, PEM.</param>
/// <param name="Name">The DNS name every certificate of the cluster carries.</param>
internal sealed record TlsSettings(string CertificateFile, string KeyFile, string AuthorityFile, string Name);

/// <summary>How soon a silent silo is declared dead.</summary>
internal sealed record FailureDetectionSettings
{
    /// <summary>
    /// Time between probes, and how long each may take. Default 1 s: two missed probes and one vote evict a silo, so sessions return after
    /// one to three seconds. A silo that merely paused that long is evicted as well and restarts; its sessions lose nothing, because an
    /// activation that was overtaken cannot acknowledge a write. Raise it where machines pause for seconds.
    /// </summary>
    public TimeSpan Probe { get; init; } = TimeSpan.FromSeconds(1);
}
