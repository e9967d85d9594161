using OrleansMcp.Configuration;
using OrleansMcp.Configuration.Names;

namespace OrleansMcp.Authorization.Policies.Reading;

/// <summary>Reads policy files.</summary>
public static class PolicyFile
{
    /// <summary>Reads files as a configuration that names them would; the tenants, clients and tools that they name are not judged.</summary>
    /// <exception cref="ConfigurationException">One cannot be read or is not a valid policy.</exception>
    public static PolicySet Load(IReadOnlyList<string> paths)
    {
        var files = new SourceFiles();
        return new PolicySet([.. paths.Select(path => Parse(files.Read(path), path, path))]);
    }

    /// <summary>Reads files as <paramref name="configuration"/> would if it named them, for a server that offers <paramref name="offered"/>.</summary>
    /// <exception cref="ConfigurationException">One cannot be read, is not a valid policy, or names what there is not.</exception>
    public static PolicySet Load(IReadOnlyList<string> paths, ServerConfiguration configuration, OfferedNames offered)
    {
        var (files, known) = (new SourceFiles(), new KnownNames(configuration, offered));
        return new PolicySet([.. paths.Select(path =>
        {
            var errors = new YamlErrors(path);
            var policy = Read(files.Read(path), path, errors);
            known.Judge(errors);
            return Valid(policy, errors);
        })]);
    }

    internal static Policy Parse(string text, string path, string name)
    {
        var errors = new YamlErrors(path);
        return Valid(Read(text, name, errors), errors);
    }

    /// <summary>The policy that a file holds; what is wrong with it goes to <paramref name="errors"/>, of that file.</summary>
    /// <exception cref="ConfigurationException">It is not one plain YAML document.</exception>
    internal static Policy? Read(string text, string name, YamlErrors errors)
    {
        if (ConfigurationFile.Root(text, errors.File) is { } root)
        {
            return new PolicyReader(errors, name, "").Read(root);
        }

        errors.Add(1, "", "is empty; a policy begins with version: \"1\".");
        return null;
    }

    private static Policy Valid(Policy? policy, YamlErrors errors) =>
        policy is not null && errors.All.Count == 0 ? policy : throw new ConfigurationException(errors.All);
}
