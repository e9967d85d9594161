using OrleansMcp.Configuration;
using OrleansMcp.Protocol;
using OrleansMcp.Sessions;

namespace OrleansMcp.Http.Admission;

/// <summary>
/// Checks that the caller's scopes grant a message's method (2025-11-25, authorization, Scope Challenge Handling). The scopes of a
/// <see cref="Caller"/> are already limited to those of its registration.
/// </summary>
internal sealed class ScopeGate(IConfigurationSource configuration)
{
    public Refusal? Judge(Caller caller, McpMessage message) =>
        message.Kind == McpMessageKind.Request ? Judge(caller, message.Method) : null;

    public Refusal? Judge(Caller caller, string method) =>
        caller.Scopes is { } held && Lacking(held, method) is { } lacking ? Refuse(held, [lacking]) : null;

    public Refusal? Judge(Caller caller, IReadOnlyList<McpMessage> batch)
    {
        if (caller.Scopes is not { } held)
        {
            return null;
        }

        string[] lacking = [.. batch.Where(message => message.Kind == McpMessageKind.Request)
            .Select(message => Lacking(held, message.Method)).OfType<string>()];
        return lacking.Length > 0 ? Refuse(held, lacking) : null;
    }

    private ScopeConfiguration Scopes => configuration.Current.Identity.Scopes;

    // The scope to ask for is the first in the file that grants the method.
    private string? Lacking(IReadOnlySet<string> held, string method)
    {
        var granting = Scopes.Granting(method);
        return granting.Count == 0 || granting.Any(held.Contains) ? null : granting[0];
    }

    // The challenge also names the caller's own scopes, which a client that asked only for the missing one would lose.
    private Refusal Refuse(IReadOnlySet<string> held, IReadOnlyCollection<string> lacking) =>
        Refusal.InsufficientScope([.. Scopes.Names.Where(name => held.Contains(name) || lacking.Contains(name))]);
}
