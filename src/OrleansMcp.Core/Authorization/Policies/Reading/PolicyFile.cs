using OrleansMcp.Configuration;

namespace OrleansMcp.Authorization.Policies.Reading;

/// <summary>Reads policy files.</summary>
public static class PolicyFile
{
    /// <summary>Reads files as a configuration that names them would.</summary>
    /// <exception cref="ConfigurationException">One cannot be read or is not a valid policy.</exception>
    public static PolicySet Load(IReadOnlyList<string> paths)
    {
        var files = new SourceFiles();
        return new PolicySet([.. paths.Select(path => Parse(files.Read(path), path, path))]);
    }

    internal static Policy Parse(string text, string path, string name)
    {
        var errors = new YamlErrors(path);
        if (ConfigurationFile.Root(text, path) is not { } root)
        {
            throw new ConfigurationException([new ConfigurationError(path, 1, "", "is empty; a policy begins with version: \"1\".")]);
        }

        var policy = new PolicyReader(errors, name, "").Read(root);
        return errors.All.Count == 0 ? policy! : throw new ConfigurationException(errors.All);
    }
}
