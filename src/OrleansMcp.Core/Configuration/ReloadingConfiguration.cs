using Microsoft.Extensions.Logging;
using OrleansMcp.Configuration.Names;
using OrleansMcp.Secrets.References;

namespace OrleansMcp.Configuration;

/// <summary>
/// A configuration file that is read again when it changes, or a file that it names. A file that is not valid leaves the running configuration in force, and
/// the log says what is wrong with it.
/// </summary>
public sealed partial class ReloadingConfiguration : IConfigurationSource, IDisposable
{
    // Polled: file notifications get lost on network mounts and with editors that replace files, and two seconds are soon enough.
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(2);

    private readonly string _path;
    private readonly IReadOnlyList<ISecretSource> _secretSources;
    private readonly Func<OfferedNames> _offered;
    private readonly Func<ServerConfiguration, string?> _objection;
    private readonly ILogger _logger;
    private readonly ITimer _timer;
    private readonly Lock _reloading = new();
    private volatile ServerConfiguration _current;
    private SourceFiles _files = new();
    private DateTime? _emptySince; // At the last look that found it empty.

    /// <summary>Reads the file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="secretSources">The application's sources of secrets, which the file may name beside the built-in ones.</param>
    /// <param name="offered">Says what the server offers now, which the file may name.</param>
    /// <param name="objection">Says why a valid configuration cannot be used by this host all the same, or null.</param>
    /// <param name="time">Drives the polling.</param>
    /// <param name="logger">Told of reloads.</param>
    /// <exception cref="ConfigurationException">The file cannot be used.</exception>
    public ReloadingConfiguration(
        string path, IReadOnlyList<ISecretSource> secretSources, Func<OfferedNames> offered, Func<ServerConfiguration, string?> objection, TimeProvider time,
        ILogger<ReloadingConfiguration> logger)
    {
        (_path, _secretSources, _offered, _objection, _logger) = (path, secretSources, offered, objection, logger);
        _current = Read();
        LogWarnings();
        _timer = time.CreateTimer(_ => ReloadIfChanged(), state: null, s_interval, s_interval);
    }

    /// <inheritdoc/>
    public event Action? Changed;

    /// <inheritdoc/>
    public ServerConfiguration Current => _current;

    /// <summary>Reads the file now. False when it cannot be used; then nothing changes.</summary>
    public bool Reload()
    {
        lock (_reloading)
        {
            try
            {
                _current = Read();
                LogReloaded(_logger, _path);
                LogWarnings();
            }
            catch (ConfigurationException e)
            {
                LogRejected(_logger, _path, e.Message);
                return false;
            }
        }

        Changed?.Invoke();
        return true;
    }

    /// <inheritdoc/>
    public void Dispose() => _timer.Dispose();

    private void ReloadIfChanged()
    {
        lock (_reloading)
        {
            if (!_files.HaveChanged)
            {
                return;
            }

            // Many programs empty a file before they write it. An empty one is valid, and would take everything from every session.
            if (SourceFiles.EmptySince(_path) is { } since && since != _emptySince)
            {
                _emptySince = since;
                return;
            }

            Reload();
        }
    }

    private ServerConfiguration Read()
    {
        // Also what a rejected configuration named is watched from now on: the next attempt comes when any of it is mended.
        _files = new SourceFiles();
        var configuration = ConfigurationFile.Load(_path, _secretSources, _files, _offered());
        return _objection(configuration) is { } objection
            ? throw new ConfigurationException([new ConfigurationError(_path, 1, "", objection)])
            : configuration;
    }

    private void LogWarnings()
    {
        foreach (var warning in _current.Warnings)
        {
            LogDoubtful(_logger, warning);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The configuration may not say what is meant: {Warning}")]
    private static partial void LogDoubtful(ILogger logger, ConfigurationError warning);

    [LoggerMessage(Level = LogLevel.Information, Message = "The configuration {File} is in force.")]
    private static partial void LogReloaded(ILogger logger, string file);

    [LoggerMessage(Level = LogLevel.Error, Message = "The changed configuration {File} is NOT in force; the former one stays: {Errors}")]
    private static partial void LogRejected(ILogger logger, string file, string errors);
}
