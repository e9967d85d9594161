using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;

namespace OrleansMcp.Authorization;

/// <summary>A short name of what a set permits: equal for equal sets, however they were written.</summary>
internal static class PermissionFingerprint
{
    private static readonly ConditionalWeakTable<PermissionSet, string> s_known = new(); // Sets never change, and many sessions share one.

    // Entries hold no control characters, so that a line feed separates them.
    public static string Of(PermissionSet permissions) => s_known.GetValue(permissions, static set =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', set.Entries)))));
}
