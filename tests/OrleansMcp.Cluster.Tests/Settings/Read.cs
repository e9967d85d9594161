using System.Collections;
using OrleansMcp.Hosting.Settings;

namespace OrleansMcp.Cluster.Tests.Settings;

/// <summary>Reads settings from what a test gives, and from nothing else.</summary>
internal static class Read
{
    /// <summary>32 bytes in base64.</summary>
    public const string Key = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

    /// <summary>What is secret in <see cref="Connection"/>.</summary>
    public const string Secret = "c2VjcmV0LWFjY291bnQta2V5";

    public const string Connection = "DefaultEndpointsProtocol=https;AccountName=acct;AccountKey=" + Secret + ";EndpointSuffix=core.windows.net";

    /// <summary>What every member of a cluster is told.</summary>
    public static string[] Cluster { get; } = ["store tables", "clustering tables", "tables " + Connection, "session-id-keys " + Key];

    /// <summary>Reads <c>name value</c> pairs, one a part, as a command line would give them.</summary>
    public static ServerSettings Of(params IEnumerable<string> pairs) => SettingsReader.Read(pairs.Select(Pair), new Hashtable());

    /// <summary>The errors of settings that cannot be used.</summary>
    public static IReadOnlyList<string> Errors(params IEnumerable<string> pairs) => Assert.Throws<SettingsException>(() => Of(pairs)).Errors;

    /// <summary>An error that names the setting and the variable that sets it.</summary>
    public static void ExpectNames(string error, string name)
    {
        Assert.StartsWith(name + ": ", error, StringComparison.Ordinal);
        Assert.EndsWith($" (--{name} or ORLEANSMCP_{name.Replace('-', '_').ToUpperInvariant()})", error, StringComparison.Ordinal);
    }

    private static KeyValuePair<Setting, string?> Pair(string pair)
    {
        var space = pair.IndexOf(' ', StringComparison.Ordinal);
        return KeyValuePair.Create(KnownSettings.All.Single(setting => setting.Name == pair[..space]), (string?)pair[(space + 1)..]);
    }
}
