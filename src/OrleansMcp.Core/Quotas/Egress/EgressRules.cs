using OrleansMcp.Configuration;

namespace OrleansMcp.Quotas.Egress;

/// <summary>Checks the target of a request against the egress rules.</summary>
internal static class EgressRules
{
    /// <summary>Returns the rule that allows a request to <paramref name="target"/>.</summary>
    /// <exception cref="EgressDeniedException">No rule allows it.</exception>
    public static EgressRule Judge(EgressConfiguration egress, Uri target)
    {
        var authority = $"{target.Scheme}://{target.Authority}";
        if (target.Scheme is not ("https" or "http") || target.UserInfo.Length > 0)
        {
            throw new EgressDeniedException(authority, "it is not a plain HTTPS address.");
        }

        var rule = egress.Allow.FirstOrDefault(rule => Names(rule, target))
            ?? throw new EgressDeniedException(authority, "no egress rule of this client names it.");
        return target.Scheme == "https" || rule.Http ? rule : throw new EgressDeniedException(authority, "its rule allows HTTPS only.");
    }

    private static bool Names(EgressRule rule, Uri target) =>
        (rule.Port is { } port ? target.Port == port : target.IsDefaultPort)
        && (rule.Host.StartsWith("*.", StringComparison.Ordinal)
            ? target.IdnHost.Length > rule.Host.Length - 1 && target.IdnHost.EndsWith(rule.Host[1..], StringComparison.OrdinalIgnoreCase)
            : string.Equals(target.IdnHost, rule.Host, StringComparison.OrdinalIgnoreCase));
}
