using OrleansMcp.Configuration;
using YamlDotNet.RepresentationModel;

namespace OrleansMcp.Authorization.Policies.Reading;

/// <summary>
/// The schema of a policy: Intercept's language (github.com/PolicyLayer/Intercept, POLICY.md) with scopes, patterns of names and shared
/// counters added. A key that is not known is an error: a misspelt condition must not become a permission.
/// </summary>
internal sealed class PolicyReader(YamlErrors errors, string name, string path)
{
    private const string OtherThanName = "must be a name, or a pattern with * for any characters.";

    private readonly CounterTable _counters = new(errors);

    public Policy? Read(YamlNode root)
    {
        if (YamlSection.Of(root, path, errors) is not { } section)
        {
            return null;
        }

        ReadVersion(section);
        section.Scalar("description");
        var policy = new Policy
        {
            Name = name,
            Scope = ReadScope(section),
            DeniesByDefault = section.Text("default", text => text is "allow" or "deny", "must be allow or deny.") == "deny",
            Hidden = ReadHidden(section),
            Tools = ReadTools(section),
        };
        section.RejectUnknown();
        return policy with { Tools = [.. policy.Tools.Select(_counters.Link)] };
    }

    public static PolicyScope ReadScope(YamlSection section) =>
        new(Patterns(section, "servers"), Patterns(section, "tenants"), Patterns(section, "clients"));

    private static IReadOnlyList<NamePattern> Patterns(YamlSection section, string key) =>
        [.. section.Texts(key, IsName, OtherThanName).Select(text => new NamePattern(text))];

    private void ReadVersion(YamlSection section)
    {
        if (section.Required("version") is { Value: not "1" } version)
        {
            errors.Add(version, section.PathOf("version"), "must be \"1\".");
        }
    }

    private List<NamePattern> ReadHidden(YamlSection section)
    {
        HashSet<string> names = new(StringComparer.Ordinal);
        return [.. section.Texts("hide", text => IsName(text) && names.Add(text), "must be the name of a tool, or a pattern, given once.")
            .Select(text => new NamePattern(text))];
    }

    private List<ToolRules> ReadTools(YamlSection section)
    {
        List<ToolRules> tools = [];
        if (IsNothing(section.Any("tools")) || section.Section("tools") is not { } entries)
        {
            return tools;
        }

        foreach (var (tool, node, at) in entries.Entries())
        {
            if (IsNothing(node))
            {
                tools.Add(new ToolRules(new NamePattern(tool), []));
            }
            else if (YamlSection.Of(node, at, errors) is { } entry)
            {
                var rules = IsNothing(entry.Any("rules")) ? [] : ReadRules(entry, tool);
                entry.RejectUnknown();
                tools.Add(new ToolRules(new NamePattern(tool), rules));
            }
        }

        return tools;
    }

    private List<Rule> ReadRules(YamlSection entry, string tool)
    {
        var reader = new RuleReader(errors, _counters, tool == NamePattern.All ? CounterTable.Global : tool);
        return [.. entry.Items("rules").Select(item => YamlSection.Of(item.Node, item.Path, errors)).OfType<YamlSection>().Select(reader.Read)];
    }

    /// <summary>A key without a value, as generated files have them.</summary>
    private static bool IsNothing(YamlNode? node) => node is null or YamlScalarNode { Value: null or "" or "~" or "null", Style: YamlDotNet.Core.ScalarStyle.Plain };

    private static bool IsName(string text) => !string.IsNullOrWhiteSpace(text);
}
