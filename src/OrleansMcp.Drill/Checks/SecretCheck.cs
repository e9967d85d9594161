using System.Security.Cryptography;
using System.Text;
using OrleansMcp.Drill.History;

namespace OrleansMcp.Drill.Checks;

/// <summary>A session signs with the secret that its owner put into it last.</summary>
internal static class SecretCheck
{
    public const string Foreign = "another session's secret";
    public const string Wrong = "not the session's secret";

    /// <summary>The signature that the tool must answer with.</summary>
    public static string Sign(string secret, string text) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(text)));

    public static IEnumerable<Finding> Of(IReadOnlyList<Operation> history)
    {
        var puts = history.OfType<SecretPut>().Where(put => !put.IsRefused).ToList();
        var bySession = puts.ToLookup(put => (put.Stamp.Session, put.Name));
        foreach (var use in history.OfType<SecretUse>().Where(use => use.IsOk))
        {
            var ownPuts = bySession[(use.Stamp.Session, use.Name)].ToList();
            if (ownPuts.Any(put => MayBeCurrent(put, ownPuts, use) && Matches(put, use)))
            {
                continue;
            }

            yield return puts.Find(put => put.Stamp.Session != use.Stamp.Session && Matches(put, use)) is { } source
                ? new(Foreign, $"{use.Client} signed with a secret of {source.Client}'s session {source.Stamp.Session}.", [source, use])
                : new(Wrong, "A session signed with a secret that it did not hold at the time.", [.. ownPuts, use]);
        }
    }

    private static bool MayBeCurrent(SecretPut put, List<SecretPut> ownPuts, SecretUse use) => put.Stamp.Begin < use.Stamp.End
        && !ownPuts.Exists(later => later.IsOk && put.Precedes(later) && later.Precedes(use));

    private static bool Matches(SecretPut put, SecretUse use) => Sign(put.Value, use.Text) == use.Signature;
}
