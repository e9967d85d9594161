namespace OrleansMcp.Server;

/// <summary>What the command line says.</summary>
/// <param name="ConfigFile">The configuration file; null for the demo configuration.</param>
/// <param name="Urls">Addresses to listen on, separated by semicolons; null for <see cref="DefaultUrl"/>.</param>
/// <param name="DataFolder">The data folder; null for <see cref="DefaultDataFolder"/> in the current folder.</param>
internal sealed record ServerSettings(string? ConfigFile = null, string? Urls = null, string? DataFolder = null)
{
    public const string DefaultUrl = "http://127.0.0.1:5080";
    public const string DefaultDataFolder = "orleansmcp-data";

    public string ListenUrls => Urls ?? DefaultUrl;

    public string Data => Path.GetFullPath(DataFolder ?? DefaultDataFolder);
}
