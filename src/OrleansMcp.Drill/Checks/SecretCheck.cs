using System.Security.Cryptography;
using System.Text;
using OrleansMcp.Drill.History;

namespace OrleansMcp.Drill.Checks;

/// <summary>What a session signs, it signs with the secret that its owner gave this session last.</summary>
internal static class SecretCheck
{
    public const string Foreign = "another session's secret";
    public const string Wrong = "not the session's secret";

    /// <summary>What a tool answers that signs a text with a secret.</summary>
    public static string Sign(string secret, string text) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(text)));

    public static IEnumerable<Finding> Of(IReadOnlyList<Operation> history)
    {
        var given = history.OfType<SecretGiven>().Where(gift => !gift.IsRefused).ToList();
        var own = given.ToLookup(gift => (gift.Stamp.Session, gift.Name));
        foreach (var use in history.OfType<SecretUse>().Where(use => use.IsOk))
        {
            var gifts = own[(use.Stamp.Session, use.Name)].ToList();
            if (gifts.Any(gift => MayBeCurrent(gift, gifts, use) && Matches(gift, use)))
            {
                continue;
            }

            yield return given.Find(gift => gift.Stamp.Session != use.Stamp.Session && Matches(gift, use)) is { } source
                ? new(Foreign, $"{use.Who} signed with a secret of {source.Who}'s session {source.Stamp.Session}.", [source, use])
                : new(Wrong, "A session signed with a secret that it did not hold at the time.", [.. gifts, use]);
        }
    }

    private static bool MayBeCurrent(SecretGiven gift, List<SecretGiven> gifts, SecretUse use) => gift.Stamp.Begin < use.Stamp.End
        && !gifts.Exists(later => later.IsOk && gift.Precedes(later) && later.Precedes(use));

    private static bool Matches(SecretGiven gift, SecretUse use) => Sign(gift.Value, use.Text) == use.Signature;
}
