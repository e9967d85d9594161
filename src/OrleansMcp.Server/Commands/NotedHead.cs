using OrleansMcp.Auditing;

namespace OrleansMcp.Server.Commands;

/// <summary>A head noted earlier.</summary>
/// <param name="Tenant">Whose audit.</param>
/// <param name="Writer">Whose chain in it; empty where a tenant has one.</param>
/// <param name="Head">The entry that must be there.</param>
internal sealed record NotedHead(string Tenant, string Writer, AuditHead Head)
{
    /// <summary>Reads <c>TENANT:SEQUENCE:HASH</c> or <c>TENANT/WRITER:SEQUENCE:HASH</c>; null when the text is neither.</summary>
    public static NotedHead? Read(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon <= 0 || !AuditHead.TryParse(text[(colon + 1)..], out var head))
        {
            return null;
        }

        var chain = text[..colon].Split('/', 2);
        return AuditFiling.IsChain(chain[0]) && chain is [_] or [_, { Length: > 0 }] ? new NotedHead(chain[0], chain.ElementAtOrDefault(1) ?? "", head) : null;
    }
}
