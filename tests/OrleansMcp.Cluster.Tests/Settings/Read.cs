using Microsoft.Extensions.Configuration;
using OrleansMcp.Silo.Settings;

namespace OrleansMcp.Cluster.Tests.Settings;

/// <summary>Reads settings from what a test gives, and from nothing else.</summary>
internal static class Read
{
    /// <summary>32 bytes in base64.</summary>
    public const string Key = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

    /// <summary>What is secret in <see cref="Connection"/>.</summary>
    public const string Secret = "c2VjcmV0LWFjY291bnQta2V5";

    public const string Connection = "DefaultEndpointsProtocol=https;AccountName=acct;AccountKey=" + Secret + ";EndpointSuffix=core.windows.net";

    /// <summary>Reads <c>key value</c> pairs, one a part, as a file or an environment would give them.</summary>
    public static SiloSettings Of(params IEnumerable<string> pairs) => SettingsReader.Read(
        new ConfigurationBuilder().AddInMemoryCollection(pairs.Select(Pair)).Build());

    /// <summary>The errors of settings that cannot be used.</summary>
    public static IReadOnlyList<string> Errors(params IEnumerable<string> pairs) => Assert.Throws<SettingsException>(() => Of(pairs)).Errors;

    /// <summary>An error that names the key and the variable that sets it.</summary>
    public static void ExpectNames(string error, string key)
    {
        var variable = "ORLEANSMCP_" + key.Replace(":", "__", StringComparison.Ordinal).ToUpperInvariant();
        Assert.StartsWith(key + ": ", error, StringComparison.Ordinal);
        Assert.EndsWith($" (environment variable {variable})", error, StringComparison.Ordinal);
    }

    private static KeyValuePair<string, string?> Pair(string pair)
    {
        var space = pair.IndexOf(' ', StringComparison.Ordinal);
        return KeyValuePair.Create<string, string?>(pair[..space], pair[(space + 1)..]);
    }
}
