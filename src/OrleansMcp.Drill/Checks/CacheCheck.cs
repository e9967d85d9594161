using OrleansMcp.Drill.History;

namespace OrleansMcp.Drill.Checks;

/// <summary>A cached answer reaches the tenant, or the client, that it was computed for, and no other.</summary>
internal static class CacheCheck
{
    public const string Foreign = "another's cached answer";
    public const string Wrong = "answer to another question";

    public static IEnumerable<Finding> Of(IReadOnlyList<Operation> history)
    {
        var answers = history.OfType<CachedReply>().Where(answer => answer.IsOk).ToList();
        foreach (var answer in answers)
        {
            if (answer.ReplyTenant != answer.Client.Tenant || IsAnotherClients(answer))
            {
                yield return new(Foreign, $"{answer.Client} was given what was made for {answer.ReplyTenant}/{answer.ReplyClient}.", [answer]);
            }
            else if (answer.ReplyText != answer.Text)
            {
                yield return new(Wrong, "A cached answer was to another question.", [answer]);
            }
        }

        foreach (var computation in answers.Where(answer => answer.Computation is not null).GroupBy(answer => (answer.Tool, answer.Computation)))
        {
            var first = computation.First();
            if (computation.FirstOrDefault(answer => Holder(answer) != Holder(first)) is { } other)
            {
                yield return new(Foreign, $"One answer was given to {first.Client} and to {other.Client}.", [first, other]);
            }
        }
    }

    private static bool IsAnotherClients(CachedReply answer) =>
        answer.ReplyClient != answer.Client.Name && (answer.ReplyClient is not null || answer.Tool == CachedReply.OfClient);

    private static string Holder(CachedReply answer) => answer.Tool == CachedReply.OfClient ? answer.Client.ToString() : answer.Client.Tenant;
}
