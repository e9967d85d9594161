using OrleansMcp.Configuration;
using OrleansMcp.Configuration.Names;
using YamlDotNet.RepresentationModel;

namespace OrleansMcp.Authorization.Policies.Reading;

/// <summary>
/// The schema of a policy: Intercept's language (github.com/PolicyLayer/Intercept, POLICY.md) with scopes, patterns of names and shared
/// counters added. A key that is not known is an error: a misspelt condition must not become a permission.
/// </summary>
internal sealed class PolicyReader(YamlErrors errors, string name, string path)
{
    private readonly CounterTable _counters = new(errors);
    private readonly ScopeReader _scopes = new(errors);

    public Policy? Read(YamlNode root)
    {
        if (YamlSection.Of(root, path, errors) is not { } section)
        {
            return null;
        }

        ReadVersion(section);
        section.Scalar("description");
        var scope = _scopes.Read(section);
        var policy = new Policy
        {
            Name = name,
            Scope = scope,
            DeniesByDefault = section.Text("default", text => text is "allow" or "deny", "must be allow or deny.") == "deny",
            Hidden = ReadHidden(section, scope),
            Tools = ReadTools(section, scope),
        };
        section.RejectUnknown();
        return policy with { Tools = [.. policy.Tools.Select(_counters.Link)] };
    }

    private void ReadVersion(YamlSection section)
    {
        if (section.Required("version") is { Value: not "1" } version)
        {
            errors.Add(version, section.PathOf("version"), "must be \"1\".");
        }
    }

    private List<NamePattern> ReadHidden(YamlSection section, PolicyScope scope)
    {
        HashSet<string> names = new(StringComparer.Ordinal);
        foreach (var (node, path) in section.Items("hide"))
        {
            if (node is YamlScalarNode { Value: { } text } && IsName(text) && names.Add(text))
            {
                errors.Name(NameKind.Tool, node, path, text, scopes: scope);
            }
            else
            {
                errors.Add(node, path, "must be the name of a tool, or a pattern, given once.");
            }
        }

        return [.. names.Select(text => new NamePattern(text))];
    }

    private List<ToolRules> ReadTools(YamlSection section, PolicyScope scope)
    {
        List<ToolRules> tools = [];
        if (IsNothing(section.Any("tools")) || section.Section("tools") is not { } entries)
        {
            return tools;
        }

        foreach (var (tool, node, at, key) in entries.Entries())
        {
            errors.Name(NameKind.Tool, key, at, tool, scopes: scope);
            if (IsNothing(node))
            {
                tools.Add(new ToolRules(new NamePattern(tool), []));
            }
            else if (YamlSection.Of(node, at, errors) is { } entry)
            {
                var rules = IsNothing(entry.Any("rules")) ? [] : ReadRules(entry, tool, scope);
                entry.RejectUnknown();
                tools.Add(new ToolRules(new NamePattern(tool), rules));
            }
        }

        return tools;
    }

    private List<Rule> ReadRules(YamlSection entry, string tool, PolicyScope scope)
    {
        var reader = new RuleReader(errors, _counters, _scopes, tool == NamePattern.All ? CounterTable.Global : tool, scope);
        return [.. entry.Items("rules").Select(item => YamlSection.Of(item.Node, item.Path, errors)).OfType<YamlSection>().Select(reader.Read)];
    }

    /// <summary>A key without a value, as generated files have them.</summary>
    private static bool IsNothing(YamlNode? node) => node is null or YamlScalarNode { Value: null or "" or "~" or "null", Style: YamlDotNet.Core.ScalarStyle.Plain };

    internal static bool IsName(string text) => !string.IsNullOrWhiteSpace(text);
}
