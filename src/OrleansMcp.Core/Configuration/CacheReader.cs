using OrleansMcp.Caching;
using OrleansMcp.Configuration.Names;

namespace OrleansMcp.Configuration;

/// <summary>Reads the section <c>cache</c>.</summary>
internal static class CacheReader
{
    private static readonly TimeSpan s_longest = TimeSpan.FromDays(1);

    public static CacheConfiguration Read(YamlSection root, YamlErrors errors)
    {
        var defaults = new CacheConfiguration();
        if (root.Section("cache") is not { } section)
        {
            return defaults;
        }

        var cache = new CacheConfiguration
        {
            MaxEntries = section.Integer("maxEntries", defaults.MaxEntries, 1, 1_000_000),
            MaxBytes = section.Integer("maxBytes", defaults.MaxBytes, 1024, 1024 * 1024 * 1024),
            MaxEntryBytes = section.Integer("maxEntryBytes", defaults.MaxEntryBytes, 1, 16 * 1024 * 1024),
            Tools = section.Section("tools") is { } tools ? ReadTools(tools, errors) : defaults.Tools,
        };
        section.RejectUnknown();
        return cache;
    }

    private static Dictionary<string, ToolCacheConfiguration> ReadTools(YamlSection section, YamlErrors errors)
    {
        Dictionary<string, ToolCacheConfiguration> tools = new(StringComparer.Ordinal);
        foreach (var (name, node, path, key) in section.Entries())
        {
            errors.Name(NameKind.Tool, key, path, name, mayBePattern: false);
            if (YamlSection.Of(node, path, errors) is { } tool)
            {
                _ = tool.Required("ttl");
                var ttl = tool.Duration("ttl", TimeSpan.Zero, TimeSpan.Zero, s_longest);
                var scope = tool.Text("scope", text => text is "client" or "tenant", "must be client or tenant.");
                tool.RejectUnknown();
                tools[name] = new(ttl, scope is null ? null : scope == "tenant" ? CacheSharing.Tenant : CacheSharing.Client);
            }
        }

        return tools;
    }
}
