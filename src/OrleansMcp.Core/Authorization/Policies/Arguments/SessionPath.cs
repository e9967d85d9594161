using System.Text.Json;
using System.Text.Json.Nodes;

namespace OrleansMcp.Authorization.Policies.Arguments;

/// <summary>Where a session has been: the other servers that it has asked for something, all of them or those that are not trusted.</summary>
internal sealed class SessionPath : ValuePath
{
    public const string Prefix = "session.";

    private readonly Func<ISessionTrail, IReadOnlyList<string>> _list;

    private SessionPath(string text, Func<ISessionTrail, IReadOnlyList<string>> list) : base(text) => _list = list;

    /// <summary>The paths there are.</summary>
    public static IReadOnlyList<string> All { get; } = [Prefix + "servers", Prefix + "untrusted"];

    public override bool IsListOfSession => true;

    /// <summary>Reads <c>session.servers</c> or <c>session.untrusted</c>; null when it is neither.</summary>
    public static SessionPath? Parse(string text) =>
        text == All[0] ? new(text, static trail => trail.Servers)
        : text == All[1] ? new(text, static trail => trail.Untrusted)
        : null;

    public override Found Find(CallArguments arguments, out JsonElement value)
    {
        value = default;
        if (arguments.Trail is not { } trail || _list(trail) is not { Count: > 0 } servers)
        {
            return Found.Nothing;
        }

        value = JsonSerializer.SerializeToElement(new JsonArray([.. servers.Select(static server => (JsonNode)server)]));
        return Found.Value;
    }
}

/// <summary>Where a session has been.</summary>
internal interface ISessionTrail
{
    /// <summary>The servers that it has asked for something, in the order of the first requests.</summary>
    IReadOnlyList<string> Servers { get; }

    /// <summary>Those of them that are not trusted.</summary>
    IReadOnlyList<string> Untrusted { get; }
}
