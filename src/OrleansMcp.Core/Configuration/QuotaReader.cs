using YamlDotNet.RepresentationModel;

namespace OrleansMcp.Configuration;

/// <summary>Reads the sections <c>quotas</c>, <c>sessionQuotas</c>, <c>egress</c> and <c>scheduler</c>.</summary>
internal sealed class QuotaReader(YamlErrors errors)
{
    private const string MakeRoom = "makeRoom";
    private const string Refuse = "refuse";
    private const long Most = 1_000_000_000_000_000;
    private static readonly TimeSpan s_least = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan s_longest = TimeSpan.FromDays(7);

    /// <summary>The quotas of all sessions of a client.</summary>
    public static QuotaConfiguration ReadClient(YamlSection client) => ReadShared(client, new());

    /// <summary>The quotas of all clients of a tenant.</summary>
    public static QuotaConfiguration ReadTenant(YamlSection tenant) => ReadShared(tenant, QuotaConfiguration.OfTenant);

    /// <summary>The quotas of each single session.</summary>
    public static QuotaConfiguration ReadSession(YamlSection owner)
    {
        if (owner.Section("sessionQuotas") is not { } section)
        {
            return QuotaConfiguration.None;
        }

        var quotas = ReadUse(section, QuotaConfiguration.None);
        section.RejectUnknown();
        return quotas;
    }

    public static SchedulerConfiguration ReadScheduler(YamlSection root)
    {
        var defaults = new SchedulerConfiguration();
        if (root.Section("scheduler") is not { } section)
        {
            return defaults;
        }

        var scheduler = new SchedulerConfiguration
        {
            MaxRunning = section.Integer("maxRunning", defaults.MaxRunning, 1, 10_000),
            MaxQueuedPerTenant = section.Integer("maxQueuedPerTenant", defaults.MaxQueuedPerTenant, 0, 1_000_000),
        };
        section.RejectUnknown();
        return scheduler;
    }

    public EgressConfiguration ReadEgress(YamlSection client)
    {
        if (client.Section("egress") is not { } section)
        {
            return new();
        }

        var egress = new EgressConfiguration { Allow = [.. section.Items("allow").Select(item => ReadRule(item.Node, item.Path)).OfType<EgressRule>()] };
        section.RejectUnknown();
        return egress;
    }

    private static QuotaConfiguration ReadShared(YamlSection owner, QuotaConfiguration defaults)
    {
        if (owner.Section("quotas") is not { } section)
        {
            return defaults;
        }

        var quotas = ReadUse(section, defaults) with
        {
            Sessions = section.Long("sessions", defaults.Sessions, 0, Most),
            HeldBytes = EndpointReader.ReadHeld(section),
            OnCap = ReadOnCap(section),
        };
        if (section.LongOrNull("sessionsPerMinute", 0, Most) is { } opened)
        {
            quotas = quotas with { SessionsPerMinute = opened };
        }

        if (section.LongOrNull("concurrentStreams", 0, int.MaxValue) is { } streams)
        {
            quotas = quotas with { ConcurrentStreams = streams };
        }

        section.RejectUnknown();
        return quotas;
    }

    /// <summary>What happens at the session cap; null when it is not configured.</summary>
    public static OnSessionCap? ReadOnCap(YamlSection section) =>
        section.Text("onCap", static text => text is MakeRoom or Refuse, $"it must be '{MakeRoom}' or '{Refuse}'.") switch
        {
            MakeRoom => OnSessionCap.MakeRoom,
            Refuse => OnSessionCap.Refuse,
            _ => null,
        };

    private static QuotaConfiguration ReadUse(YamlSection section, QuotaConfiguration defaults)
    {
        var quotas = ReadCalls(section, defaults);
        if (section.LongOrNull("requestsPerMinute", 0, Most) is { } requests)
        {
            quotas = quotas with { RequestsPerMinute = requests };
        }

        if (section.LongOrNull("writesPerMinute", 0, Most) is { } writes)
        {
            quotas = quotas with { WritesPerMinute = writes };
        }

        return quotas;
    }

    private static QuotaConfiguration ReadCalls(YamlSection section, QuotaConfiguration defaults) => defaults with
    {
        CallsPerMinute = section.Long("callsPerMinute", defaults.CallsPerMinute, 0, Most),
        ConcurrentCalls = section.Long("concurrentCalls", defaults.ConcurrentCalls, 0, int.MaxValue),
        ComputeSecondsPerMinute = section.Long("computeSecondsPerMinute", defaults.ComputeSecondsPerMinute, 0, 1_000_000_000),
        StateBytes = section.Long("stateBytes", defaults.StateBytes, 0, Most),
        OutputBytesPerMinute = section.Long("outputBytesPerMinute", defaults.OutputBytesPerMinute, 0, Most),
        EgressCallsPerMinute = section.Long("egressCallsPerMinute", defaults.EgressCallsPerMinute, 0, Most),
        EgressBytesPerMinute = section.Long("egressBytesPerMinute", defaults.EgressBytesPerMinute, 0, Most),
        CallTimeout = section.Duration("callTimeout", defaults.CallTimeout, s_least, s_longest),
    };

    /// <summary>A rule is a host, or a mapping with a host and what else it allows.</summary>
    private EgressRule? ReadRule(YamlNode node, string path)
    {
        if (node is YamlScalarNode { Value: { } text })
        {
            return ReadHost(node, path, text, http: false, isPrivate: false);
        }

        if (YamlSection.Of(node, path, errors) is not { } section)
        {
            return null;
        }

        var (host, http, isPrivate) = (section.Required("host"), section.Flag("http"), section.Flag("private"));
        section.RejectUnknown();
        return host is null ? null : ReadHost(host, section.PathOf("host"), host.Value ?? "", http, isPrivate);
    }

    private EgressRule? ReadHost(YamlNode node, string path, string text, bool http, bool isPrivate)
    {
        var wildcard = text.StartsWith("*.", StringComparison.Ordinal);
        if (!Uri.TryCreate("https://" + (wildcard ? text[2..] : text), UriKind.Absolute, out var uri)
            || uri.HostNameType == UriHostNameType.Unknown || uri.PathAndQuery != "/" || uri.UserInfo.Length > 0 || text.EndsWith('/')
            || (wildcard && uri.HostNameType != UriHostNameType.Dns) || uri.Host.Contains('*', StringComparison.Ordinal))
        {
            errors.Add(node, path, "must be a host such as api.example.com, *.example.com or host:8443, without scheme and path.");
            return null;
        }

        if (wildcard && isPrivate)
        {
            errors.Add(node, path, "a private target must be named in full: 'private' does not go with a wildcard.");
            return null;
        }

        var port = text.Contains(':', StringComparison.Ordinal) && !text.EndsWith(']') ? uri.Port : (int?)null;
        return new EgressRule(wildcard ? "*." + uri.IdnHost : uri.IdnHost, port, http, isPrivate);
    }
}
