using OrleansMcp.Secrets;
using OrleansMcp.Secrets.References;
using YamlDotNet.RepresentationModel;

namespace OrleansMcp.Configuration;

/// <summary>The section <c>secrets</c> of a client: names, and where their secrets lie.</summary>
internal sealed class SecretReferenceReader(YamlErrors errors, IReadOnlyList<ISecretSource> sources)
{
    private readonly string[] _names = [.. SecretReference.BuiltIn, .. sources.Select(static source => source.Name)];

    public IReadOnlyDictionary<string, SecretReference> Read(YamlSection? section)
    {
        var references = new Dictionary<string, SecretReference>(StringComparer.Ordinal);
        foreach (var (name, node, path) in section?.Entries() ?? [])
        {
            if (!SecretName.IsValid(name))
            {
                errors.Add(node, path, "a secret's name is made of 1 to 64 lower-case letters, digits, '.', '_' and '-'.");
            }
            else if (ReadOne(node, path) is { } reference)
            {
                references[name] = reference;
            }
        }

        return references;
    }

    /// <summary>Where one secret lies.</summary>
    public SecretReference? ReadOne(YamlNode node, string path)
    {
        if (YamlSection.Of(node, path, errors) is not { } section)
        {
            return null;
        }

        var given = _names.Where(section.Has).ToList();
        if (given.Count != 1)
        {
            errors.Add(node, path, $"needs exactly one of {string.Join(", ", _names)}.");
            return null;
        }

        var location = given[0] switch
        {
            "env" => section.Text("env", IsVariable, "must be the name of an environment variable."),
            "file" => section.Text("file", Path.IsPathFullyQualified, "must be the full path of a file."),
            "keyVault" => section.Text("keyVault", IsVaultSecret, "must be the https URI of a Key Vault secret, such as https://my.vault.azure.net/secrets/token."),
            var name => ReadFrom(sources.First(source => source.Name == name), section),
        };
        section.RejectUnknown();
        return location is null ? null : new SecretReference(given[0], location);
    }

    private string? ReadFrom(ISecretSource source, YamlSection section)
    {
        var location = section.Text(source.Name, static text => text.Length > 0, "must say where the secret lies.");
        if (location is null || source.Objection(location) is not { } objection)
        {
            return location;
        }

        errors.Add(section.Node, section.PathOf(source.Name), objection);
        return null;
    }

    private static bool IsVariable(string text) => text.Length > 0 && !text.Contains('=', StringComparison.Ordinal) && !text.Contains('\0', StringComparison.Ordinal);

    private static bool IsVaultSecret(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme == Uri.UriSchemeHttps && uri.Query.Length == 0 && uri.UserInfo.Length == 0
        && uri.Segments.Length is 3 or 4 && uri.Segments[1] == "secrets/";
}
