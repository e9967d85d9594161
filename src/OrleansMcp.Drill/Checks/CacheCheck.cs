using OrleansMcp.Drill.History;

namespace OrleansMcp.Drill.Checks;

/// <summary>A cached answer stays with the tenant, or with the client, that it was made for.</summary>
internal static class CacheCheck
{
    public const string Foreign = "another's cached answer";
    public const string Wrong = "answer to another question";

    public static IEnumerable<Finding> Of(IReadOnlyList<Operation> history)
    {
        var answers = history.OfType<CacheAnswer>().Where(answer => answer.IsOk).ToList();
        foreach (var answer in answers)
        {
            if (answer.SaidTenant != answer.Who.Tenant || IsAnotherClients(answer))
            {
                yield return new(Foreign, $"{answer.Who} was given what was made for {answer.SaidTenant}/{answer.SaidClient}.", [answer]);
            }
            else if (answer.SaidText != answer.Text)
            {
                yield return new(Wrong, "A cached answer was to another question.", [answer]);
            }
        }

        foreach (var made in answers.Where(answer => answer.Made is not null).GroupBy(answer => (answer.Tool, answer.Made)))
        {
            var first = made.First();
            if (made.FirstOrDefault(answer => Holder(answer) != Holder(first)) is { } other)
            {
                yield return new(Foreign, $"One answer was given to {first.Who} and to {other.Who}.", [first, other]);
            }
        }
    }

    private static bool IsAnotherClients(CacheAnswer answer) =>
        answer.SaidClient != answer.Who.Client && (answer.SaidClient is not null || answer.Tool == CacheAnswer.OfClient);

    private static string Holder(CacheAnswer answer) => answer.Tool == CacheAnswer.OfClient ? answer.Who.ToString() : answer.Who.Tenant;
}
