using System.Buffers;
using OrleansMcp.Authorization.Policies;
using OrleansMcp.Configuration.Names;
using OrleansMcp.Upstreams;
using YamlDotNet.RepresentationModel;

namespace OrleansMcp.Configuration.Upstreams;

/// <summary>The section <c>servers</c>.</summary>
internal sealed class UpstreamReader(YamlErrors errors, SecretReferenceReader secrets)
{
    private const string OtherThanUrl = "must be an https URL without user, password and fragment (http only with 'private: true').";

    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_longest = TimeSpan.FromMinutes(5);

    private readonly CredentialReader _credentials = new(errors, secrets);

    /// <param name="root">The whole configuration.</param>
    /// <param name="tenants">Whose clients have secrets of the operator's.</param>
    public IReadOnlyDictionary<string, UpstreamConfiguration> Read(YamlSection root, IReadOnlyDictionary<string, TenantConfiguration> tenants)
    {
        var servers = new Dictionary<string, UpstreamConfiguration>(StringComparer.Ordinal);
        foreach (var (name, node, path, key) in root.Section("servers")?.Entries() ?? [])
        {
            if (!UpstreamNames.IsServer(name))
            {
                errors.Add(key, path, UpstreamNames.OtherThanServer);
            }
            else if (YamlSection.Of(node, path, errors) is { } section && Read(section, name, tenants) is { } server)
            {
                errors.Name(NameKind.Upstream, key, path, name, mayBePattern: false);
                servers.Add(name, server);
            }
        }

        return servers;
    }

    /// <summary>The address in <paramref name="key"/>; null when it is none that may be used.</summary>
    internal static Uri? ReadUrl(YamlSection section, string key, bool isPrivate) =>
        section.Text(key, text => UrlOf(text, isPrivate) is not null, OtherThanUrl) is { } text ? UrlOf(text, isPrivate) : null;

    private UpstreamConfiguration? Read(YamlSection section, string name, IReadOnlyDictionary<string, TenantConfiguration> tenants)
    {
        var isPrivate = section.Flag("private");
        section.Required("url");
        var url = ReadUrl(section, "url", isPrivate);
        var defaults = new UpstreamConfiguration { Name = name, Url = url ?? new("urn:none"), Private = isPrivate };
        var server = defaults with
        {
            Tools = section.Section("tools") is { } tools ? ReadTools(tools, name) : [],
            Credential = section.Section("credential") is { } credential ? _credentials.Read(credential, tenants) : null,
            Trust = section.Text("trust", static text => text is "trusted" or "untrusted", "must be trusted or untrusted.") == "untrusted"
                ? UpstreamTrust.Untrusted
                : UpstreamTrust.Trusted,
            Approval = section.Text("approve", static text => text is "firstUse" or "operator", "must be firstUse or operator.") == "operator"
                ? UpstreamApproval.Operator
                : UpstreamApproval.FirstUse,
            OpenTimeout = section.Duration("openTimeout", defaults.OpenTimeout, s_second, s_longest),
            MaxItems = section.Integer("maxItems", defaults.MaxItems, 1, 10_000),
            MaxAnswerBytes = section.Integer("maxAnswerBytes", defaults.MaxAnswerBytes, 1024, 64 * 1024 * 1024),
        };
        section.RejectUnknown();
        return url is null ? null : server;
    }

    private List<string> ReadTools(YamlSection section, string server)
    {
        Dictionary<string, string> shown = new(StringComparer.Ordinal);
        List<string> allowed = [];
        foreach (var (node, path) in section.Items("allow"))
        {
            if (node is not YamlScalarNode { Value: { Length: > 0 and <= 256 } tool })
            {
                errors.Add(node, path, "must be the name of a tool as the server calls it, or a pattern with '*'.");
            }
            else if (!new NamePattern(tool).IsWild && !shown.TryAdd(UpstreamNames.Of(server, tool), tool))
            {
                errors.Add(node, path, $"would be called {UpstreamNames.Of(server, tool)} here, as '{LookAlike.Shown(shown[UpstreamNames.Of(server, tool)])}' of this list is.");
            }
            else
            {
                allowed.Add(tool);
            }
        }

        if (section.Any("allow") is null or YamlSequenceNode { Children.Count: 0 })
        {
            errors.Add(section.Node, section.PathOf("allow"), "must name at least one tool; without 'tools' all are offered.");
        }

        section.RejectUnknown();
        return allowed;
    }

    private static Uri? UrlOf(string text, bool isPrivate) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && (url.Scheme == "https" || (url.Scheme == "http" && isPrivate))
        && url is { Fragment: "", UserInfo: "" } && url.Host.Length > 0
            ? url
            : null;
}
