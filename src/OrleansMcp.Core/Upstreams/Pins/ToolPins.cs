using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;
using OrleansMcp.Configuration.Upstreams;
using OrleansMcp.Sessions;
using OrleansMcp.Sessions.Upstreams;
using OrleansMcp.Tenants;

namespace OrleansMcp.Upstreams.Pins;

/// <summary>Asks tenants whether the definitions of tools are those that were approved.</summary>
/// <param name="tenants">Finds a tenant's actor.</param>
/// <param name="time">The clock.</param>
internal sealed class ToolPins(Func<string, ITenantPins> tenants, TimeProvider time)
{
    private const int SentAtOnce = 256 * 1024; // characters of definitions
    private const int RetryAfterSeconds = 5;

    private static readonly IReadOnlyDictionary<string, ToolWithholding> s_none = FrozenDictionary<string, ToolWithholding>.Empty;

    private readonly ConcurrentDictionary<(string Tenant, string Server), JudgedLists> _judged = new(); // bounded by the configuration

    /// <summary>Says what judging would say, before the server is asked for its list.</summary>
    /// <exception cref="UpstreamException">What was approved could not be read a moment ago.</exception>
    public void ThrowIfUnreadable(string tenant, UpstreamConfiguration server)
    {
        if (ListsOf(tenant, server.Name).Failure is { } failure)
        {
            throw Unreadable(server.Name, failure);
        }
    }

    /// <summary>Why tools are withheld, by their names here; those that are not in it are approved.</summary>
    /// <exception cref="UpstreamException">What was approved cannot be read.</exception>
    public async ValueTask<IReadOnlyDictionary<string, ToolWithholding>> JudgeAsync(
        SessionOwner owner, UpstreamConfiguration server, IReadOnlyList<NamedDefinition> named, CancellationToken cancellationToken) => named.Count == 0
            ? s_none
            : await ListsOf(owner.Tenant, server.Name).GetAsync(DigestOf(named), () => AskAsync(owner, server.Name, named)).WaitAsync(cancellationToken);

    private JudgedLists ListsOf(string tenant, string server) => _judged.GetOrAdd((tenant, server), static (_, time) => new JudgedLists(time), time);

    private async Task<IReadOnlyDictionary<string, ToolWithholding>> AskAsync(SessionOwner owner, string server, IReadOnlyList<NamedDefinition> named)
    {
        try
        {
            var tenant = tenants(owner.Tenant);
            var verdicts = new Dictionary<string, ToolVerdict>(StringComparer.Ordinal);
            var wanted = await AskAsync(tenant, owner, server, named, withDefinitions: false, verdicts);
            foreach (var some in Parts(wanted))
            {
                await AskAsync(tenant, owner, server, some, withDefinitions: true, verdicts);
            }

            return WithheldOf(verdicts);
        }
        catch (Exception e) when (e is IOException or SessionUnavailableException or TenantStoppedException)
        {
            throw Unreadable(server, e);
        }
    }

    /// <summary>Asks about tools, and notes the verdicts. Returns those of which the definition is wanted.</summary>
    private static async Task<List<NamedDefinition>> AskAsync(
        ITenantPins tenant, SessionOwner owner, string server, IReadOnlyList<NamedDefinition> named, bool withDefinitions, Dictionary<string, ToolVerdict> verdicts)
    {
        var listed = named.Select(one => new ListedTool(one.Name, one.Definition.Digest, withDefinitions ? SeenDefinition.Of(one.Definition) : null));
        var judged = await tenant.JudgeToolsAsync(new ToolListing(server, owner, [.. listed]), CancellationToken.None);
        List<NamedDefinition> wanted = [];
        foreach (var (one, judgement) in named.Zip(judged))
        {
            verdicts[one.Name] = judgement.Verdict;
            if (judgement.WantsDefinition)
            {
                wanted.Add(one);
            }
        }

        return wanted;
    }

    /// <summary>What is sent together: no message is large.</summary>
    private static IEnumerable<List<NamedDefinition>> Parts(List<NamedDefinition> all)
    {
        List<NamedDefinition> part = [];
        var length = 0;
        foreach (var one in all)
        {
            if (part.Count > 0 && length + one.Definition.Json.Length > SentAtOnce)
            {
                yield return part;
                (part, length) = ([], 0);
            }

            part.Add(one);
            length += one.Definition.Json.Length;
        }

        if (part.Count > 0)
        {
            yield return part;
        }
    }

    private static IReadOnlyDictionary<string, ToolWithholding> WithheldOf(Dictionary<string, ToolVerdict> verdicts)
    {
        Dictionary<string, ToolWithholding>? withheld = null;
        foreach (var (tool, verdict) in verdicts)
        {
            if (ToolWithholding.Of(verdict) is { } why)
            {
                (withheld ??= new(StringComparer.Ordinal)).Add(tool, why);
            }
        }

        return withheld ?? s_none;
    }

    private static UpstreamException Unreadable(string server, Exception why) => new(
        server, UpstreamFault.Unavailable, "is not used: which of its tools are approved cannot be read at the moment. Whoever runs this server finds the reason in the log.", why)
    {
        RetryAfterSeconds = RetryAfterSeconds,
    };

    private static string DigestOf(IReadOnlyList<NamedDefinition> named)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var one in named.OrderBy(static one => one.Name, StringComparer.Ordinal))
        {
            hash.AppendData(Encoding.ASCII.GetBytes($"{one.Name} {one.Definition.Digest}\n"));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
