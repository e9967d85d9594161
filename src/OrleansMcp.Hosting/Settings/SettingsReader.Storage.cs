using Azure.Data.Tables;
using static OrleansMcp.Hosting.Settings.KnownSettings;

namespace OrleansMcp.Hosting.Settings;

/// <summary>The stores and the keys that go with them. No error repeats a value: they are secrets, or may contain one.</summary>
internal sealed partial class SettingsReader
{
    /// <summary>
    /// The store alone, for a command that looks at one: told as to the server itself, whose other settings may be there and mean nothing.
    /// </summary>
    /// <exception cref="SettingsException">Something is wrong; all of it is told at once.</exception>
    public static ServerSettings ReadStore(IEnumerable<KeyValuePair<Setting, string?>> commandLine)
    {
        var errors = new List<string>();
        var reader = new SettingsReader(new GivenSettings(commandLine, Environment.GetEnvironmentVariables(), errors), errors);
        var settings = new ServerSettings
        {
            Store = reader.Choice(Store, ("sqlite", StoreKind.Sqlite), ("tables", StoreKind.Tables)),
            DataFolder = reader.DataFolder(),
            Tables = reader.TableService(),
            ManagedIdentity = reader._given[ManagedIdentity],
        };
        if (settings.Store == StoreKind.Tables)
        {
            reader.Require(Tables, "is needed by the store tables");
        }

        return errors.Count == 0 ? settings : throw new SettingsException(errors);
    }

    private string DataFolder() => Path.GetFullPath(_given[Data] ?? ServerSettings.DefaultDataFolder);

    private TableSettings? TableService() => _given[Tables] is not { } text ? null
        : text.Contains("://", StringComparison.Ordinal) && !text.Contains(';', StringComparison.Ordinal) ? ByIdentity(text)
        : ByConnectionString(text);

    private TableSettings? ByConnectionString(string connection)
    {
        try
        {
            _ = new TableServiceClient(connection);
            return new TableSettings(connection, null);
        }
        catch (Exception e) when (e is FormatException or ArgumentException or InvalidOperationException)
        {
            return Wrong<TableSettings?>(Tables, "is neither the connection string of a table service nor its https URI", null);
        }
    }

    private TableSettings? ByIdentity(string uri) =>
        Uri.TryCreate(uri, UriKind.Absolute, out var parsed) && parsed.Scheme == Uri.UriSchemeHttps && parsed.UserInfo.Length == 0 && parsed.Query.Length == 0
            ? new TableSettings(null, parsed)
            : Wrong<TableSettings?>(Tables, "must be an https URI without a user and without a query, or a connection string", null);

    private List<byte[]> Keys()
    {
        var keys = new List<byte[]>();
        foreach (var text in _given[SessionIdKeys]?.Split(',', StringSplitOptions.TrimEntries) ?? [])
        {
            var key = new byte[text.Length];
            if (!Convert.TryFromBase64String(text, key, out var length) || length < 32)
            {
                Error(SessionIdKeys, "each key is at least 32 bytes in base64, and keys are separated by commas");
                break;
            }

            keys.Add(key[..length]);
        }

        return keys;
    }
}
