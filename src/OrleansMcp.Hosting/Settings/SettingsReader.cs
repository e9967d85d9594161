using System.Globalization;
using static OrleansMcp.Hosting.Settings.KnownSettings;

namespace OrleansMcp.Hosting.Settings;

/// <summary>Reads the settings and says everything that is wrong with them at once.</summary>
internal sealed partial class SettingsReader
{
    private readonly GivenSettings _given;
    private readonly List<string> _errors;

    private SettingsReader(GivenSettings given, List<string> errors) => (_given, _errors) = (given, errors);

    /// <summary>Reads what the command line says, and the environment where it is silent.</summary>
    /// <exception cref="SettingsException">Something is wrong; all of it is told at once.</exception>
    public static ServerSettings Read(IEnumerable<KeyValuePair<Setting, string?>> commandLine) =>
        Read(commandLine, Environment.GetEnvironmentVariables());

    /// <summary>
    /// Reads the environment, and the section <c>OrleansMcp</c> of an application's configuration where it is silent: a deployment overrides
    /// what a file of the application says. Addresses that neither gives are the application's own.
    /// </summary>
    /// <exception cref="SettingsException">Something is wrong; all of it is told at once.</exception>
    public static ServerSettings Read(IConfiguration application) => Read(application, Environment.GetEnvironmentVariables());

    /// <inheritdoc cref="Read(IConfiguration)"/>
    internal static ServerSettings Read(IConfiguration application, System.Collections.IDictionary environment)
    {
        var errors = new List<string>();
        var given = new GivenSettings([], environment, errors);
        foreach (var (setting, value) in ConfiguredSettings.In(application, errors))
        {
            given.Default(setting, value);
        }

        given.Default(Urls, application[WebHostDefaults.ServerUrlsKey]);
        var settings = new SettingsReader(given, errors).Read();
        return errors.Count == 0 ? settings : throw new SettingsException(errors);
    }

    /// <inheritdoc cref="Read(IEnumerable{KeyValuePair{Setting, string?}})"/>
    internal static ServerSettings Read(IEnumerable<KeyValuePair<Setting, string?>> commandLine, System.Collections.IDictionary environment)
    {
        var errors = new List<string>();
        var settings = new SettingsReader(new GivenSettings(commandLine, environment, errors), errors).Read();
        return errors.Count == 0 ? settings : throw new SettingsException(errors);
    }

    private ServerSettings Read()
    {
        var isClustered = Choice(Clustering, ("none", ClusteringKind.None), ("tables", ClusteringKind.Tables)) == ClusteringKind.Tables;
        var settings = new ServerSettings
        {
            Role = Choice(Role, ("all", ServerRole.All), ("silo", ServerRole.Silo), ("gateway", ServerRole.Gateway)),
            Store = Choice(Store, ("sqlite", StoreKind.Sqlite), ("tables", StoreKind.Tables), ("application", StoreKind.Application)),
            Clustering = isClustered ? ClusteringKind.Tables : ClusteringKind.None,
            DataFolder = DataFolder(),
            ClusterId = Id(ClusterId),
            ServiceId = Id(ServiceId),
            Urls = ListenUrls(),
            ConfigFile = File(Config),
            Tables = TableService(),
            ManagedIdentity = _given[ManagedIdentity],
            Endpoints = new EndpointSettings
            {
                Address = IpAddress(), SiloPort = Port(SiloPort, 11111), GatewayPort = Port(GatewayPort, 30000), ListenOnAny = Flag(ListenOnAny),
            },
            SessionIdKeys = Keys(),
            Tls = Certificates(),
            FailureDetection = new FailureDetectionSettings { Probe = Seconds(Probe, TimeSpan.FromSeconds(1), TimeSpan.FromMilliseconds(200), TimeSpan.FromMinutes(1)) },
            Drain = Seconds(Drain, isClustered ? TimeSpan.FromSeconds(2) : TimeSpan.Zero, TimeSpan.Zero, ServerSettings.LongestDrain),
            LogsJson = Choice(Log, ("text", false), ("json", true)),
        };
        Check(settings);
        return settings;
    }

    /// <summary>The first choice is the default.</summary>
    private T Choice<T>(Setting setting, params (string Name, T Value)[] choices)
    {
        var index = _given[setting] is { } text ? Array.FindIndex(choices, choice => choice.Name == text) : 0;
        return index >= 0 ? choices[index].Value
            : Wrong(setting, $"must be {string.Join(", ", choices[..^1].Select(choice => choice.Name))} or {choices[^1].Name}, not '{_given[setting]}'", choices[0].Value);
    }

    private int Port(Setting setting, int otherwise) => _given[setting] is not { } text ? otherwise
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and <= 65535 ? port
        : Wrong(setting, $"must be a port from 1 to 65535, not '{text}'", otherwise);

    private bool Flag(Setting setting) =>
        _given[setting] is { } text && (bool.TryParse(text, out var flag) ? flag : Wrong(setting, $"must be true or false, not '{text}'", false));

    private TimeSpan Seconds(Setting setting, TimeSpan otherwise, TimeSpan least, TimeSpan most) => _given[setting] is not { } text ? otherwise
        : double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds)
            && seconds >= least.TotalSeconds && seconds <= most.TotalSeconds ? TimeSpan.FromSeconds(seconds)
        : Wrong(setting, string.Create(CultureInfo.InvariantCulture, $"must be a number of seconds from {least.TotalSeconds} to {most.TotalSeconds}, not '{text}'"), otherwise);

    private T Wrong<T>(Setting setting, string what, T otherwise)
    {
        Error(setting, what);
        return otherwise;
    }

    private void Error(Setting setting, string what) => _errors.Add(setting.Wrong(what));
}
