using System.Globalization;
using System.Net;
using Microsoft.Extensions.Configuration;

namespace OrleansMcp.Silo.Settings;

/// <summary>The settings cannot be used. Each error names its key and the environment variable that sets it.</summary>
internal sealed class SettingsException(IReadOnlyList<string> errors) : Exception(string.Join(Environment.NewLine, errors))
{
    public IReadOnlyList<string> Errors { get; } = errors;
}

/// <summary>
/// Reads the settings from the command line (<c>--siloPort 11112</c>) and the environment (<c>ORLEANSMCP_SILOPORT=11112</c>; a colon in a
/// key is two underscores there).
/// </summary>
internal sealed class SettingsReader
{
    private const string Prefix = "ORLEANSMCP_";

    private static readonly string[] s_known =
    [
        "role", "clusterId", "serviceId", "urls", "config", "tables:connectionString", "tables:serviceUri", "tables:clientId", "address",
        "siloPort", "gatewayPort", "listenOnAny", "sessionIdKeys", "tls:certificate", "tls:key", "tls:authority", "tls:name", "probe", "drain",
        "log",
    ];

    private readonly IConfiguration _source;
    private readonly List<string> _errors = [];

    private SettingsReader(IConfiguration source) => _source = source;

    /// <exception cref="SettingsException">Something is wrong; all of it is told at once.</exception>
    public static SiloSettings Read(string[] arguments)
    {
        IConfigurationRoot source;
        try
        {
            source = new ConfigurationBuilder().AddEnvironmentVariables(Prefix).AddCommandLine(arguments).Build();
        }
        catch (FormatException e)
        {
            throw new SettingsException([e.Message]);
        }

        return Read(source);
    }

    /// <exception cref="SettingsException">Something is wrong; all of it is told at once.</exception>
    public static SiloSettings Read(IConfiguration source)
    {
        var reader = new SettingsReader(source);
        var settings = reader.Read();
        return reader._errors.Count == 0 ? settings : throw new SettingsException(reader._errors);
    }

    private SiloSettings Read()
    {
        RefuseUnknown(_source.GetChildren(), "");
        var role = Role();
        var settings = new SiloSettings
        {
            Role = role,
            ClusterId = Text("clusterId") ?? "orleansmcp",
            ServiceId = Text("serviceId") ?? "orleansmcp",
            Urls = Text("urls") ?? "http://127.0.0.1:5080",
            ConfigFile = Text("config"),
            Tables = Tables(),
            Endpoints = new EndpointSettings
            {
                Address = Address(), SiloPort = Port("siloPort", 11111), GatewayPort = Port("gatewayPort", 30000), ListenOnAny = Flag("listenOnAny"),
            },
            SessionIdKeys = Keys(),
            Tls = Tls(),
            FailureDetection = new FailureDetectionSettings { Probe = Time("probe", TimeSpan.FromSeconds(1), TimeSpan.FromMilliseconds(200)) },
            Drain = Time("drain", TimeSpan.FromSeconds(2), TimeSpan.Zero),
        };
        Check(settings);
        return settings;
    }

    private void Check(SiloSettings settings)
    {
        if (settings.Role != SiloRole.Both && settings.Tables is null)
        {
            Error("tables:connectionString", "a cluster of several processes needs a table service (or tables:serviceUri)");
        }

        if (settings.Tables is not null && settings.SessionIdKeys.Count == 0)
        {
            Error("sessionIdKeys", "a cluster needs the same keys in every process: 32 random bytes in base64, newest first, separated by commas");
        }

        if (settings.Endpoints.SiloPort == settings.Endpoints.GatewayPort)
        {
            Error("gatewayPort", "must differ from siloPort");
        }
    }

    private SiloRole Role()
    {
        var text = Text("role") ?? "both";
        return text switch
        {
            "silo" => SiloRole.Silo,
            "gateway" => SiloRole.Gateway,
            "both" => SiloRole.Both,
            _ => Wrong("role", $"must be silo, gateway or both, not '{text}'", SiloRole.Both),
        };
    }

    private TableSettings? Tables()
    {
        var (connection, uri) = (Text("tables:connectionString"), Text("tables:serviceUri"));
        if (connection is null && uri is null)
        {
            return null;
        }

        if (connection is not null && uri is not null)
        {
            return Wrong<TableSettings?>("tables:serviceUri", "cannot be given together with tables:connectionString", null);
        }

        if (uri is null)
        {
            return new TableSettings(connection, null, null);
        }

        return Uri.TryCreate(uri, UriKind.Absolute, out var parsed) && parsed.Scheme == Uri.UriSchemeHttps
            ? new TableSettings(null, parsed, Text("tables:clientId"))
            : Wrong<TableSettings?>("tables:serviceUri", "must be an https URI", null);
    }

    private IPAddress Address()
    {
        var text = Text("address");
        return text is null ? IPAddress.Loopback
            : IPAddress.TryParse(text, out var address) ? address
            : Wrong("address", $"must be an IP address, not '{text}'", IPAddress.Loopback);
    }

    private IReadOnlyList<byte[]> Keys()
    {
        var keys = new List<byte[]>();
        foreach (var text in (Text("sessionIdKeys") ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var key = new byte[text.Length];
            if (Convert.TryFromBase64String(text, key, out var length) && length >= 32)
            {
                keys.Add(key[..length]);
            }
            else
            {
                Error("sessionIdKeys", "each key is at least 32 bytes in base64");
            }
        }

        return keys;
    }

    private TlsSettings? Tls()
    {
        string[] keys = ["tls:certificate", "tls:key", "tls:authority"];
        if (keys.All(key => Text(key) is null))
        {
            return null;
        }

        foreach (var key in keys)
        {
            if (Text(key) is not { } file)
            {
                Error(key, "is needed for TLS, beside the other files");
            }
            else if (!File.Exists(file))
            {
                Error(key, $"there is no file '{file}'");
            }
        }

        return new TlsSettings(Text(keys[0]) ?? "", Text(keys[1]) ?? "", Text(keys[2]) ?? "", Text("tls:name") ?? "orleansmcp");
    }

    private int Port(string key, int otherwise)
    {
        var text = Text(key);
        return text is null ? otherwise
            : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and <= 65535 ? port
            : Wrong(key, $"must be a port from 1 to 65535, not '{text}'", otherwise);
    }

    private bool Flag(string key)
    {
        var text = Text(key);
        return text is not null && (bool.TryParse(text, out var flag) ? flag : Wrong(key, $"must be true or false, not '{text}'", false));
    }

    private TimeSpan Time(string key, TimeSpan otherwise, TimeSpan least)
    {
        var text = Text(key);
        return text is null ? otherwise
            : double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds)
                && seconds >= least.TotalSeconds && seconds <= 3600 ? TimeSpan.FromSeconds(seconds)
            : Wrong(key, $"must be a number of seconds of at least {least.TotalSeconds.ToString(CultureInfo.InvariantCulture)}, not '{text}'", otherwise);
    }

    private string? Text(string key) => string.IsNullOrWhiteSpace(_source[key]) ? null : _source[key]!.Trim();

    /// <summary>A key that nobody reads is a mistake that would be found out in production.</summary>
    private void RefuseUnknown(IEnumerable<IConfigurationSection> sections, string prefix)
    {
        foreach (var section in sections)
        {
            var key = prefix + section.Key;
            if (section.Value is not null && !s_known.Contains(key, StringComparer.OrdinalIgnoreCase))
            {
                Error(key, "is not a setting");
            }

            RefuseUnknown(section.GetChildren(), key + ":");
        }
    }

    private T Wrong<T>(string key, string what, T otherwise)
    {
        Error(key, what);
        return otherwise;
    }

    private void Error(string key, string what) =>
        _errors.Add($"{key}: {what} (environment variable {Prefix}{key.Replace(":", "__", StringComparison.Ordinal).ToUpperInvariant()})");
}
