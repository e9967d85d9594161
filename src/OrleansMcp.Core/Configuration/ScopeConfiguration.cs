using System.Collections.Frozen;
using OrleansMcp.Authorization;
using OrleansMcp.Protocol;

namespace OrleansMcp.Configuration;

/// <summary>
/// Which scope grants which requests. A request that some scope grants needs one of those scopes; a request that no scope names needs
/// none. Notifications and responses belong to requests and need none either.
/// </summary>
/// <remarks>
/// A scope may name permissions beside requests. A caller with such scopes has only what they permit together; scopes without permissions do
/// not narrow, but a caller that holds none of the scopes of this configuration, where some of them permit something, is permitted nothing.
/// </remarks>
public sealed class ScopeConfiguration
{
    private readonly FrozenDictionary<string, string[]> _granting;
    private readonly KeyValuePair<string, PermissionSet>[] _permitting;

    /// <summary>No scope means anything.</summary>
    public ScopeConfiguration()
        : this([])
    {
    }

    /// <summary>
    /// Scopes in the order of preference, each with the methods it grants (<c>tools/call</c>, or <c>tools/*</c> for a family) and the
    /// permissions (<c>tool:echo</c>).
    /// </summary>
    public ScopeConfiguration(IReadOnlyList<KeyValuePair<string, IReadOnlyList<string>>> scopes)
    {
        Names = [.. scopes.Select(scope => scope.Key)];
        _granting = Methods.Requests.ToFrozenDictionary(
            method => method, method => scopes.Where(scope => scope.Value.Any(pattern => Matches(pattern, method))).Select(scope => scope.Key).ToArray());
        _permitting = [.. scopes.Where(scope => scope.Value.Any(Permission.IsMeant))
            .Select(scope => KeyValuePair.Create(scope.Key, PermissionSet.Parse(scope.Value.Where(Permission.IsMeant))))];
    }

    /// <summary>The scopes that mean something, in the order of preference.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>The scopes of which a caller needs one for <paramref name="method"/>; empty when it needs none.</summary>
    public IReadOnlyList<string> Granting(string method) => _granting.TryGetValue(method, out var scopes) ? scopes : [];

    /// <summary>What a caller with these scopes is permitted at most; null: its scopes do not narrow.</summary>
    internal PermissionSet? PermissionsOf(IReadOnlySet<string>? held)
    {
        if (held is null || _permitting.Length == 0 || !Narrows(held))
        {
            return null;
        }

        return _permitting.Where(scope => held.Contains(scope.Key)).Aggregate(PermissionSet.None, (set, scope) => set.Union(scope.Value));
    }

    /// <summary>Whether a caller with these scopes is permitted a use. Allocates nothing.</summary>
    internal bool Permits(IReadOnlySet<string>? held, PermissionKind kind, string name)
    {
        if (held is null || _permitting.Length == 0)
        {
            return true;
        }

        foreach (var (scope, permissions) in _permitting)
        {
            if (held.Contains(scope) && permissions.Allows(kind, name))
            {
                return true;
            }
        }

        return !Narrows(held);
    }

    private bool Narrows(IReadOnlySet<string> held)
    {
        foreach (var (scope, _) in _permitting)
        {
            if (held.Contains(scope))
            {
                return true;
            }
        }

        foreach (var name in Names)
        {
            if (held.Contains(name))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether <paramref name="pattern"/> is a request of the protocol or a family of them.</summary>
    internal static bool IsPattern(string pattern) => Methods.Requests.Any(method => Matches(pattern, method));

    private static bool Matches(string pattern, string method) => pattern.EndsWith("/*", StringComparison.Ordinal)
        ? method.StartsWith(pattern[..^1], StringComparison.Ordinal)
        : pattern == method;
}
