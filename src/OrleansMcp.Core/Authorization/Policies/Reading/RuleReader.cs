using System.Globalization;
using OrleansMcp.Authorization.Policies.Arguments;
using OrleansMcp.Authorization.Policies.Conditions;
using OrleansMcp.Authorization.Policies.Counters;
using OrleansMcp.Configuration;

namespace OrleansMcp.Authorization.Policies.Reading;

/// <summary>Reads the rules of one entry under <c>tools</c>.</summary>
/// <param name="errors">Where mistakes go.</param>
/// <param name="counters">The counters of the whole policy.</param>
/// <param name="scopes">Reads for whom a rule is.</param>
/// <param name="scope">What the entry's counters are called under: the tool, or <c>_global</c>.</param>
/// <param name="policy">For whom the policy is.</param>
internal sealed class RuleReader(YamlErrors errors, CounterTable counters, ScopeReader scopes, string scope, PolicyScope policy)
{
    private const string Deny = "deny";
    private const string ReadOnly = "readOnly";
    private const string Untrusted = "untrusted";

    private readonly ConditionReader _conditions = new(errors);

    public Rule Read(YamlSection section)
    {
        var name = section.Required("name") is { } given && string.IsNullOrWhiteSpace(given.Value)
            ? Misread(section, "name", "must not be empty.")
            : section.Scalar("name")?.Value ?? "";
        var denies = section.Text("action", text => text is "evaluate" or Deny, "must be evaluate or deny.") == Deny;
        var limit = ReadRateLimit(section);
        var rule = new Rule
        {
            Name = name,
            Scope = scopes.Read(section, policy),
            Denies = denies,
            Exempt = ReadExemptions(section),
            OnDeny = section.Scalar("on_deny")?.Value is { Length: > 0 } text ? text : limit?.Text ?? $"Denied by rule '{name}'.",
        };
        rule = limit is { } rate ? Limited(section, rule, rate) : Conditional(section, rule);
        section.RejectUnknown();
        return rule;
    }

    private static RuleExemptions ReadExemptions(YamlSection section) => section
        .Texts("except", static text => text is ReadOnly or Untrusted, $"must be {ReadOnly} or {Untrusted}.")
        .Aggregate(RuleExemptions.None, static (all, text) => all | (text == ReadOnly ? RuleExemptions.ReadOnly : RuleExemptions.Untrusted));

    private string Misread(YamlSection section, string key, string message)
    {
        errors.Add(section.Any(key) ?? section.Node, section.PathOf(key), message);
        return "";
    }

    private Rule Conditional(YamlSection section, Rule rule)
    {
        var state = section.Section("state") is { } found ? ReadState(found) : null;
        List<Condition> conditions = [];
        var pending = new PendingCounters(state);
        foreach (var (node, path) in section.Items("conditions"))
        {
            if (YamlSection.Of(node, path, errors) is not { } condition)
            {
                continue;
            }

            if (_conditions.Read(condition) is { } argument)
            {
                conditions.Add(argument);
            }
            else if (_conditions.ReadCounter(condition) is { } counter)
            {
                pending.Conditions.Add(counter);
            }

            condition.RejectUnknown();
        }

        if (rule.Denies && (section.Has("conditions") || section.Has("state")))
        {
            Misread(section, section.Has("conditions") ? "conditions" : "state", "a rule that denies has neither conditions nor state.");
        }
        else if (!rule.Denies && !section.Items("conditions").Any())
        {
            errors.Add(section.Node, section.PathOf("conditions"), "a rule needs at least one condition, rate_limit, or action: deny.");
        }

        return counters.Await(rule with { Conditions = [.. conditions] }, pending);
    }

    private StateReading? ReadState(YamlSection section)
    {
        var name = section.Required("counter")?.Value;
        if (section.Has("counter") && string.IsNullOrWhiteSpace(name))
        {
            Misread(section, "counter", "must not be empty.");
        }

        section.Required("window");
        var window = section.Text("window", text => WindowOf(text) is not null, "must be minute, hour or day.");
        var increment = section.Integer("increment", 1, 1, int.MaxValue);
        var from = section.Text("increment_from", text => ArgumentPath.Parse(text) is not null, "must be a path such as args.amount.");
        var share = ReadShare(section);
        section.RejectUnknown();
        if (string.IsNullOrWhiteSpace(name) || window is null)
        {
            return null;
        }

        var counter = counters.Define(section, $"{scope}.{name}", WindowOf(window)!.Value, share);
        return counter is null ? null : new StateReading(counter, new Increment(increment, from is null ? null : ArgumentPath.Parse(from)));
    }

    private Rule Limited(YamlSection section, Rule rule, RateLimit rate)
    {
        // One name a window and share, so that a session's limit may stand beside its client's, which has the name that Intercept gives it.
        var share = ReadShare(section);
        var name = $"{scope}._rate_{Name(rate.Window)}{(share == CounterShare.Client ? "" : $"_{share.ToString().ToLowerInvariant()}")}";
        if (rule.Denies || section.Has("conditions") || section.Has("state"))
        {
            Misread(section, "rate_limit", "stands alone: without conditions, state and action: deny.");
            section.Any("conditions");
            section.Any("state");
            return rule;
        }

        var counter = counters.Define(section, name, rate.Window, share);
        return counter is null ? rule : rule with
        {
            Counters = [new RuleCounter(
                counter, new Increment(1), [new CounterCheck(CounterOperator.AtMost, [rate.Count])],
                [string.Create(CultureInfo.InvariantCulture, $"state.{counter.Path} lte {rate.Count}")])],
        };
    }

    private RateLimit? ReadRateLimit(YamlSection section)
    {
        RateLimit? limit = null;
        section.Text(
            "rate_limit", text => (limit = RateLimit.Parse(text)) is not null, "must be a positive number, / and minute, hour or day: 5/hour.");
        return limit;
    }

    // The client's, unless the rule says otherwise: its next session must not begin with a new limit.
    private static CounterShare ReadShare(YamlSection section) =>
        section.Text("per", text => text is "session" or "client" or "tenant", "must be session, client or tenant.") switch
        {
            "session" => CounterShare.Session,
            "tenant" => CounterShare.Tenant,
            _ => CounterShare.Client,
        };

    private static CounterWindow? WindowOf(string text) => text switch
    {
        "minute" => CounterWindow.Minute,
        "hour" => CounterWindow.Hour,
        "day" => CounterWindow.Day,
        _ => null,
    };

    private static string Name(CounterWindow window) => window.ToString().ToLowerInvariant();

    private sealed record RateLimit(int Count, CounterWindow Window)
    {
        public string Text => string.Create(
            CultureInfo.InvariantCulture, $"Rate limit of {Count} per {Name(Window)} reached. Try again later.");

        public static RateLimit? Parse(string text) => text.Split('/') is [var count, var window]
            && int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0
            && WindowOf(window) is { } length ? new RateLimit(number, length) : null;
    }
}
