using OrleansMcp.Configuration;
using YamlDotNet.RepresentationModel;

namespace OrleansMcp.Authorization.Policies.Reading;

/// <summary>The section <c>policies</c> of the configuration: files, relative to it, and policies written in place.</summary>
internal sealed class PolicyList(YamlErrors errors, SourceFiles files)
{
    private const string Key = "policies";

    public PolicySet Read(YamlSection configuration)
    {
        List<Policy> policies = [];
        HashSet<string> names = new(StringComparer.Ordinal);
        foreach (var (node, path) in configuration.Items(Key))
        {
            var policy = node is YamlScalarNode { Value: { Length: > 0 } file } ? ReadFile(file) : new PolicyReader(errors, path, path).Read(node);
            if (policy is null)
            {
                continue;
            }

            if (!names.Add(policy.Name))
            {
                errors.Add(node, path, "is in this list already; its counters could not be told apart.");
            }

            policies.Add(policy);
        }

        return policies.Count == 0 ? PolicySet.None : new PolicySet(policies);
    }

    private Policy? ReadFile(string file)
    {
        try
        {
            var path = Path.Combine(Path.GetDirectoryName(errors.File) ?? "", file);
            var found = new YamlErrors(path);
            var policy = PolicyFile.Read(files.Read(path), file, found);
            errors.Include(found);
            return policy;
        }
        catch (ConfigurationException e)
        {
            errors.Include(e.Errors);
            return null;
        }
    }
}
