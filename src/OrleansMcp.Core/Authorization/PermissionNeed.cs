namespace OrleansMcp.Authorization;

/// <summary>What a request uses: it is judged when it comes, and again whenever permissions are taken away while it runs.</summary>
internal readonly record struct PermissionNeed(PermissionKind Kind, string Name);
