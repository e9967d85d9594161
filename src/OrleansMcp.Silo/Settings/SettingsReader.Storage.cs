using Azure.Data.Tables;

namespace OrleansMcp.Silo.Settings;

/// <summary>The table service and the keys that go with a cluster. No error repeats a value: they are secrets, or may contain one.</summary>
internal sealed partial class SettingsReader
{
    /// <summary>
    /// The table service alone, for a command that looks at it: told as to the process itself, whose other settings may be there and mean nothing.
    /// </summary>
    /// <exception cref="SettingsException">Something is wrong; all of it is told at once.</exception>
    public static TableSettings ReadTables(IReadOnlyList<string> arguments)
    {
        var errors = new List<string>();
        var reader = new SettingsReader(Source(arguments, errors), errors);
        reader.RefuseUnknown(reader._source.GetChildren(), "");
        var tables = reader.Tables();
        if (tables is null && errors.Count == 0)
        {
            reader.Error("tables:connectionString", "is needed (or tables:serviceUri)");
        }

        return errors.Count == 0 ? tables! : throw new SettingsException(errors);
    }

    private TableSettings? Tables()
    {
        var (connection, uri) = (Text("tables:connectionString"), Text("tables:serviceUri"));
        if (uri is null && IsGiven("tables:clientId"))
        {
            Error("tables:clientId", "names the identity that goes with tables:serviceUri, which is missing");
        }

        return (connection, uri) switch
        {
            (null, null) => null,
            (not null, not null) => Wrong<TableSettings?>("tables:serviceUri", "cannot be given together with tables:connectionString", null),
            (not null, null) => ByConnectionString(connection),
            _ => ByIdentity(uri!),
        };
    }

    private TableSettings? ByConnectionString(string connection)
    {
        try
        {
            _ = new TableServiceClient(connection);
            return new TableSettings(connection, null, null);
        }
        catch (Exception e) when (e is FormatException or ArgumentException or InvalidOperationException)
        {
            return Wrong<TableSettings?>("tables:connectionString", "is not the connection string of a table service", null);
        }
    }

    private TableSettings? ByIdentity(string uri) =>
        Uri.TryCreate(uri, UriKind.Absolute, out var parsed) && parsed.Scheme == Uri.UriSchemeHttps && parsed.UserInfo.Length == 0 && parsed.Query.Length == 0
            ? new TableSettings(null, parsed, Text("tables:clientId"))
            : Wrong<TableSettings?>("tables:serviceUri", "must be an https URI, without a user and without a query", null);

    private List<byte[]> Keys()
    {
        var keys = new List<byte[]>();
        foreach (var text in (Text("sessionIdKeys") ?? "").Split(',', StringSplitOptions.TrimEntries))
        {
            var key = new byte[text.Length];
            if (Convert.TryFromBase64String(text, key, out var length) && length >= 32)
            {
                keys.Add(key[..length]);
            }
            else if (IsGiven("sessionIdKeys"))
            {
                Error("sessionIdKeys", "each key is at least 32 bytes in base64, and keys are separated by commas");
                break;
            }
        }

        return keys;
    }
}
