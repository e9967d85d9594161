using YamlDotNet.RepresentationModel;

namespace OrleansMcp.Configuration;

/// <summary>The schema of the list <c>operators</c>.</summary>
internal sealed class OperatorReader(YamlErrors errors)
{
    /// <param name="root">The whole file.</param>
    /// <param name="keyOwners">Hashes of the keys of clients, and where they are. An operator's key is none of them.</param>
    public IReadOnlyList<OperatorConfiguration> Read(YamlSection root, Dictionary<string, string> keyOwners)
    {
        List<OperatorConfiguration> operators = [];
        foreach (var (node, path) in root.Items("operators"))
        {
            if (YamlSection.Of(node, path, errors) is { } section && ReadOperator(section, path, keyOwners) is { } one)
            {
                if (operators.Any(other => other.Id == one.Id))
                {
                    errors.Add(node, path, $"'{one.Id}' is in this list already; the audit could not tell them apart.");
                }

                operators.Add(one);
            }
        }

        return operators;
    }

    private OperatorConfiguration? ReadOperator(YamlSection section, string path, Dictionary<string, string> keyOwners)
    {
        var id = Checked(section, "id", ConfigurationReader.IsId, ConfigurationReader.OtherThanId);
        var hash = Checked(section, "sha256", ConfigurationReader.IsHash, ConfigurationReader.OtherThanHash);
        section.RejectUnknown();
        if (id is null || hash is null)
        {
            return null;
        }

        if (!keyOwners.TryAdd(hash.Value!.ToLowerInvariant(), path))
        {
            errors.Add(hash, section.PathOf("sha256"), $"is the key of {keyOwners[hash.Value.ToLowerInvariant()]} already; a key names one client or one operator.");
            return null;
        }

        return new OperatorConfiguration(id.Value!, Convert.FromHexString(hash.Value));
    }

    private YamlScalarNode? Checked(YamlSection section, string key, Predicate<string> isGood, string otherwise)
    {
        if (section.Required(key) is not { } scalar)
        {
            return null;
        }

        if (isGood(scalar.Value ?? ""))
        {
            return scalar;
        }

        errors.Add(scalar, section.PathOf(key), otherwise);
        return null;
    }
}
