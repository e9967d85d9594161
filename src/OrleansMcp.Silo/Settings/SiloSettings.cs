namespace OrleansMcp.Silo.Settings;

/// <summary>What a process of the cluster does.</summary>
[Flags]
internal enum SiloRole
{
    /// <summary>Holds grains. No public HTTP.</summary>
    Silo = 1,

    /// <summary>Serves HTTP as a client of the silos.</summary>
    Gateway = 2,

    /// <summary>One process for all.</summary>
    Both = Silo | Gateway,
}

/// <summary>Everything a process of the cluster is told. Validated: an instance that exists is usable.</summary>
internal sealed record SiloSettings
{
    public SiloRole Role { get; init; } = SiloRole.Both;

    /// <summary>Processes with the same id form one cluster.</summary>
    public string ClusterId { get; init; } = "orleansmcp";

    /// <summary>Names the state; survives a change of <see cref="ClusterId"/>.</summary>
    public string ServiceId { get; init; } = "orleansmcp";

    /// <summary>Addresses of the HTTP endpoint. A process in the role silo serves health checks there and nothing else.</summary>
    public string Urls { get; init; } = "http://127.0.0.1:5080";

    /// <summary>The tenants' configuration file; null for the demo configuration.</summary>
    public string? ConfigFile { get; init; }

    /// <summary>Where state, membership and audit are kept; null keeps them in the memory of one process.</summary>
    public TableSettings? Tables { get; init; }

    /// <summary>Where other processes reach this silo.</summary>
    public EndpointSettings Endpoints { get; init; } = new();

    /// <summary>Keys of session ids: the first issues, all verify. Empty: random, for one process alone.</summary>
    public IReadOnlyList<byte[]> SessionIdKeys { get; init; } = [];

    /// <summary>Certificates for the connections between processes; null: unencrypted.</summary>
    public TlsSettings? Tls { get; init; }

    public FailureDetectionSettings FailureDetection { get; init; } = new();

    /// <summary>How long a stopping process answers not-ready before it closes its doors. Default 2 s, at most <see cref="LongestDrain"/>.</summary>
    public TimeSpan Drain { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>What is left of the 30 s that a process is given to stop must do for its calls and its sessions.</summary>
    public static TimeSpan LongestDrain { get; } = TimeSpan.FromSeconds(10);

    /// <summary>The log as JSON for collectors instead of lines for people. Default false.</summary>
    public bool LogsJson { get; init; }

    public bool IsSilo => Role.HasFlag(SiloRole.Silo);

    public bool IsGateway => Role.HasFlag(SiloRole.Gateway);
}

/// <summary>An Azure Table service: by connection string, or by URI and managed identity.</summary>
internal sealed record TableSettings(string? ConnectionString, Uri? ServiceUri, string? ManagedIdentityClientId);

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
}

/// <summary>Mutual TLS: everybody shows a certificate of one authority.</summary>
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
