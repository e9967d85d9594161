using System.Text.Json;
using OrleansMcp.Authorization.Policies.Arguments;
using OrleansMcp.Authorization.Policies.Conditions;
using OrleansMcp.Authorization.Policies.Counters;
using OrleansMcp.Configuration.Names;
using OrleansMcp.Protocol.Keys;
using OrleansMcp.Tenants;
using OrleansMcp.Upstreams;

namespace OrleansMcp.Authorization.Policies;

/// <summary>Explains how the policies judge a call, rule by rule, with all counters at zero.</summary>
/// <param name="IsAllowed">Whether it may run.</param>
/// <param name="Lines">What was judged and why, for people.</param>
public sealed record Explanation(bool IsAllowed, IReadOnlyList<string> Lines)
{
    private const int LongestShown = 80;

    /// <summary>Judges a call.</summary>
    /// <param name="policies">The policies.</param>
    /// <param name="server">The server's name.</param>
    /// <param name="tenant">The caller's tenant.</param>
    /// <param name="client">The caller's client.</param>
    /// <param name="tool">The tool's name, as clients know it.</param>
    /// <param name="arguments">Its arguments: an object, or nothing.</param>
    /// <param name="now">When the call comes, UTC.</param>
    /// <param name="isReadOnly">Whether the tool is declared to change nothing.</param>
    /// <param name="asked">The servers that the session has asked for something, and whether each is trusted.</param>
    /// <exception cref="FormatException">The arguments are none that a server takes.</exception>
    public static Explanation Of(
        PolicySet policies, string server, string tenant, string client, string tool, JsonElement arguments, DateTimeOffset now,
        bool isReadOnly = false, IReadOnlyList<(string Server, bool IsTrusted)>? asked = null)
    {
        if (arguments.ValueKind is not (JsonValueKind.Object or JsonValueKind.Undefined))
        {
            throw new FormatException("The arguments of a tool call must be an object.");
        }

        if (KeyTwins.ProblemIn(arguments) is { } problem)
        {
            throw new FormatException(problem);
        }

        var subject = new PolicySubject(server, tenant, client);
        var writer = new Writer(new CallArguments(arguments, Handle: null, asked is null ? null : new Trail(asked)), now);
        foreach (var policy in policies.Policies.Where(policy => !policy.Scope.Covers(subject)))
        {
            writer.Lines.Add($"{policy.Name}: not for {tenant}/{client} on {server}, only for {Words(policy.Scope)}");
        }

        if (!policies.Policies.Any(policy => policy.Scope.Covers(subject)))
        {
            writer.Lines.Add($"NO POLICY APPLIES to {tenant}/{client} on {server}: everything that its permissions allow is allowed");
            return new Explanation(true, writer.Lines);
        }

        var prefix = UpstreamNames.PrefixOf(server);
        var original = tool.StartsWith(prefix, StringComparison.Ordinal) ? tool[prefix.Length..] : null;
        var judged = policies.For(subject).For(new PolicyTool(tool, original, isReadOnly ? RuleExemptions.ReadOnly : RuleExemptions.None));
        return writer.Conclude(judged, tool);
    }

    private static string Words(PolicyScope scope)
    {
        (string Key, IReadOnlyList<NamePattern> Names)[] parts = [("servers", scope.Servers), ("tenants", scope.Tenants), ("clients", scope.Clients)];
        return string.Join(", ", parts.Where(static part => part.Names.Count > 0)
            .Select(static part => $"{part.Key} [{string.Join(", ", part.Names.Select(static name => LookAlike.Shown(name.Text)))}]"));
    }

    private sealed class Trail(IReadOnlyList<(string Server, bool IsTrusted)> asked) : ISessionTrail
    {
        public IReadOnlyList<string> Servers { get; } = [.. asked.Select(static one => one.Server)];

        public IReadOnlyList<string> Untrusted { get; } = [.. asked.Where(static one => !one.IsTrusted).Select(static one => one.Server)];
    }

    private sealed class Writer(CallArguments arguments, DateTimeOffset now)
    {
        public List<string> Lines { get; } = [];

        public Explanation Conclude(ToolPolicy policy, string tool)
        {
            if (policy.Ban is { } ban)
            {
                return Denied(ban);
            }

            var failed = policy.Rules.Where(rule => !Judge(rule)).ToList();
            var denial = policy.Judge(arguments, out var claims)
                ?? (claims is null ? null : DenialOf(claims))
                ?? (failed.Count > 0 ? failed[0].Denial : null);
            if (denial is not null)
            {
                return Denied(denial);
            }

            Lines.Add(policy.Rules.Count == 0 ? $"ALLOWED: no rule is about {tool}" : "ALLOWED: every rule holds");
            return new Explanation(true, Lines);
        }

        private Explanation Denied(PolicyDenial denial)
        {
            Lines.Add($"DENIED by rule '{denial.Rule}': {denial.Message}");
            return new Explanation(false, Lines);
        }

        private bool Judge(BoundRule bound)
        {
            var at = Lines.Count;
            var holds = !bound.Rule.Denies;
            foreach (var condition in bound.Rule.Conditions)
            {
                var finding = condition.Test(arguments, out var seen);
                holds &= finding == Finding.Holds;
                Lines.Add($"    {condition.Text}: {Words(finding, seen)}");
            }

            foreach (var counter in bound.Counters)
            {
                holds &= Judge(counter);
            }

            Lines.Insert(at, $"{bound.Policy.Name}: rule '{bound.Rule.Name}' {(bound.Rule.Denies ? "denies every call" : holds ? "holds" : "FAILS")}");
            return holds;
        }

        private bool Judge(BoundCounter counter)
        {
            var path = counter.Use.Counter.Path;
            if (counter.Claim(arguments, out var problem) is not { } claim)
            {
                Lines.Add($"    state.{path}: {problem}");
                return false;
            }

            var granted = new WindowCounters().Reserve(new CounterReservation(Guid.NewGuid(), [claim]), now).IsGranted;
            var shared = $"per {counter.Use.Counter.Share.ToString().ToLowerInvariant()} and {counter.Use.Counter.Window.ToString().ToLowerInvariant()}";
            var texts = counter.Use.Texts.Count == 0 ? $"state.{path}" : string.Join(", ", counter.Use.Texts);
            Lines.Add($"    {texts}: counted {shared}, from 0 this call adds {claim.Amount}: {(granted ? "holds" : "does not hold")}");
            return granted;
        }

        private PolicyDenial? DenialOf(List<RuleClaim> claims)
        {
            var grant = new WindowCounters().Reserve(new CounterReservation(Guid.NewGuid(), [.. claims.Select(claim => claim.Claim)]), now);
            return grant.Refused is { } refused ? claims[refused].Rule.Denial : null;
        }

        private static string Words(Finding finding, JsonElement seen) => finding switch
        {
            Finding.Holds when seen.ValueKind == JsonValueKind.Undefined => "nothing is there: holds",
            Finding.Holds => $"{Shown(seen)}: holds",
            Finding.Fails => $"{Shown(seen)}: does not hold",
            Finding.Missing => "nothing is there: fails",
            Finding.OtherSpelling => "the key is written in another case: fails",
            Finding.WrongType => $"{Shown(seen)} is of a type that is not compared: fails",
            Finding.TooLong => "the text is too long for a regular expression: fails",
            _ => $"{Shown(seen)} cannot be compared: fails",
        };

        private static string Shown(JsonElement seen)
        {
            var text = seen.GetRawText();
            return text.Length <= LongestShown ? text : string.Concat(text.AsSpan(0, LongestShown), "...");
        }
    }
}
