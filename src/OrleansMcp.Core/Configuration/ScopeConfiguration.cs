using System.Collections.Frozen;
using OrleansMcp.Protocol;

namespace OrleansMcp.Configuration;

/// <summary>
/// Which scope grants which requests. A request that some scope grants needs one of those scopes; a request that no scope names needs
/// none. Notifications and responses belong to requests and need none either.
/// </summary>
public sealed class ScopeConfiguration
{
    private readonly FrozenDictionary<string, string[]> _granting;

    /// <summary>No scope means anything.</summary>
    public ScopeConfiguration()
        : this([])
    {
    }

    /// <summary>Scopes in the order of preference, each with the methods it grants: <c>tools/call</c>, or <c>tools/*</c> for a family.</summary>
    public ScopeConfiguration(IReadOnlyList<KeyValuePair<string, IReadOnlyList<string>>> scopes)
    {
        Names = [.. scopes.Select(scope => scope.Key)];
        _granting = Methods.Requests.ToFrozenDictionary(
            method => method, method => scopes.Where(scope => scope.Value.Any(pattern => Matches(pattern, method))).Select(scope => scope.Key).ToArray());
    }

    /// <summary>The scopes that mean something, in the order of preference.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>The scopes of which a caller needs one for <paramref name="method"/>; empty when it needs none.</summary>
    public IReadOnlyList<string> Granting(string method) => _granting.TryGetValue(method, out var scopes) ? scopes : [];

    /// <summary>Whether <paramref name="pattern"/> is a request of the protocol or a family of them.</summary>
    internal static bool IsPattern(string pattern) => Methods.Requests.Any(method => Matches(pattern, method));

    private static bool Matches(string pattern, string method) => pattern.EndsWith("/*", StringComparison.Ordinal)
        ? method.StartsWith(pattern[..^1], StringComparison.Ordinal)
        : pattern == method;
}
