using OrleansMcp.Configuration;
using OrleansMcp.Configuration.Upstreams;
using OrleansMcp.Sessions;
using OrleansMcp.Tools;
using OrleansMcp.Upstreams;

namespace OrleansMcp.Authorization.Policies;

/// <summary>What the policies in force say about the client of one session, and by which of them its tools were last listed.</summary>
internal sealed class SessionPolicy(CurrentRecord record, IConfigurationSource configuration, Catalogue catalogue)
{
    // Both hold immutable objects and are replaced in one write each. Two threads that find a change at once work the same out twice.
    private CallerPolicy? _current;
    private Listed? _listed;

    /// <summary>The policy of the configuration in force; null when it has none.</summary>
    public CallerPolicy? Current
    {
        get
        {
            var policies = configuration.Current.Policies;
            if (policies.Count == 0)
            {
                return null;
            }

            var known = Volatile.Read(ref _current);
            if (!ReferenceEquals(known?.Set, policies))
            {
                known = policies.For(new PolicySubject(catalogue.ServerInfo.Name, record.Owner.Tenant, record.Owner.Client));
                Volatile.Write(ref _current, known);
            }

            return known;
        }
    }

    /// <summary>What the policies say about a tool of the host or of another server; null when there are none.</summary>
    public ToolPolicy? For(string name, ToolEntry? entry)
    {
        if (Current is not { } own)
        {
            return null;
        }

        var declared = entry?.Tool.ProtocolTool.Annotations?.ReadOnlyHint == true ? RuleExemptions.ReadOnly : RuleExemptions.None;
        if (entry?.Tool is not UpstreamTool other)
        {
            return own.For(new(name, OriginalName: null, declared));
        }

        var isTrusted = configuration.Current.Servers.GetValueOrDefault(other.Server) is { Trust: UpstreamTrust.Trusted };
        return own.Set.For(new PolicySubject(other.Server, record.Owner.Tenant, record.Owner.Client))
            .For(new(name, other.OriginalName, isTrusted ? declared : RuleExemptions.Untrusted));
    }

    /// <summary>Whether a tool of another server may be listed.</summary>
    public bool Shows(ToolEntry entry) => For(entry.Name, entry) is not { Ban: not null };

    /// <summary>The policy to list tools by; remembered, so that <see cref="TryRelist"/> knows what the client was shown.</summary>
    public CallerPolicy? List()
    {
        var policy = Current;
        Volatile.Write(ref _listed, new Listed(policy));
        return policy;
    }

    /// <summary>Whether the policies in force show other tools than the client was shown. Says so once for each change.</summary>
    public bool TryRelist()
    {
        var now = Current;
        if (Volatile.Read(ref _listed) is not { } listed || ReferenceEquals(listed.By, now))
        {
            return false;
        }

        Volatile.Write(ref _listed, new Listed(now));
        return configuration.Current.Servers.Count > 0 // What other servers have is not known here.
            || catalogue.Tools.All.Any(entry => (listed.By?.Shows(new(entry.Name)) ?? true) != (now?.Shows(new(entry.Name)) ?? true));
    }

    private sealed record Listed(CallerPolicy? By);
}
