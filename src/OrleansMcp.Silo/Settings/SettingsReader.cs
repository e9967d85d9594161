using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace OrleansMcp.Silo.Settings;

/// <summary>
/// Reads the settings from the command line (<c>--siloPort 11112</c>) and the environment (<c>ORLEANSMCP_SILOPORT=11112</c>; a colon in a
/// key is two underscores there).
/// </summary>
internal sealed partial class SettingsReader
{
    private static readonly string[] s_known =
    [
        "role", "clusterId", "serviceId", "urls", "config", "tables:connectionString", "tables:serviceUri", "tables:clientId", "address",
        "siloPort", "gatewayPort", "listenOnAny", "sessionIdKeys", "tls:certificate", "tls:key", "tls:authority", "tls:name", "probe", "drain",
        "log",
    ];

    private readonly IConfiguration _source;
    private readonly List<string> _errors;

    private SettingsReader(IConfiguration source, List<string> errors) => (_source, _errors) = (source, errors);

    /// <exception cref="SettingsException">Something is wrong; all of it is told at once.</exception>
    public static SiloSettings Read(string[] arguments)
    {
        var errors = new List<string>();
        return Read(Source(arguments, errors), errors);
    }

    /// <exception cref="SettingsException">Something is wrong; all of it is told at once.</exception>
    public static SiloSettings Read(IConfiguration source) => Read(source, []);

    private static SiloSettings Read(IConfiguration source, List<string> errors)
    {
        var reader = new SettingsReader(source, errors);
        var settings = reader.Read();
        return reader._errors.Count == 0 ? settings : throw new SettingsException(reader._errors);
    }

    private static IConfigurationRoot Source(IReadOnlyList<string> arguments, List<string> errors)
    {
        var given = CommandLine.Read(arguments, errors);
        return new ConfigurationBuilder().AddEnvironmentVariables(SettingsException.Prefix).AddInMemoryCollection(given).Build();
    }

    private SiloSettings Read()
    {
        RefuseUnknown(_source.GetChildren(), "");
        var role = Role();
        var settings = new SiloSettings
        {
            Role = role,
            ClusterId = Id("clusterId"),
            ServiceId = Id("serviceId"),
            Urls = Urls(),
            ConfigFile = File("config"),
            Tables = Tables(),
            Endpoints = new EndpointSettings
            {
                Address = Address(), SiloPort = Port("siloPort", 11111), GatewayPort = Port("gatewayPort", 30000), ListenOnAny = Flag("listenOnAny"),
            },
            SessionIdKeys = Keys(),
            Tls = Tls(),
            FailureDetection = new FailureDetectionSettings { Probe = Time("probe", TimeSpan.FromSeconds(1), TimeSpan.FromMilliseconds(200), TimeSpan.FromMinutes(1)) },
            Drain = Time("drain", TimeSpan.FromSeconds(2), TimeSpan.Zero, SiloSettings.LongestDrain),
            LogsJson = LogsJson(),
        };
        Check(settings);
        return settings;
    }

    private void Check(SiloSettings settings)
    {
        if (settings.Role != SiloRole.Both && !IsGiven("tables:connectionString") && !IsGiven("tables:serviceUri"))
        {
            Error("tables:connectionString", "a cluster of several processes needs a table service (or tables:serviceUri)");
        }

        if (settings.Tables is not null && !IsGiven("sessionIdKeys"))
        {
            Error("sessionIdKeys", "a cluster needs the same keys in every process: 32 random bytes in base64, newest first, separated by commas");
        }

        if (settings.Endpoints.SiloPort == settings.Endpoints.GatewayPort)
        {
            Error("gatewayPort", "must differ from siloPort");
        }

        CheckListening(settings);
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

    private TimeSpan Time(string key, TimeSpan otherwise, TimeSpan least, TimeSpan most)
    {
        var text = Text(key);
        return text is null ? otherwise
            : double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds)
                && seconds >= least.TotalSeconds && seconds <= most.TotalSeconds ? TimeSpan.FromSeconds(seconds)
            : Wrong(key, string.Create(CultureInfo.InvariantCulture, $"must be a number of seconds from {least.TotalSeconds} to {most.TotalSeconds}, not '{text}'"), otherwise);
    }

    private bool IsGiven(string key) => Text(key) is not null;

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

    private void Error(string key, string what) => _errors.Add(SettingsException.Describe(key, what));
}
