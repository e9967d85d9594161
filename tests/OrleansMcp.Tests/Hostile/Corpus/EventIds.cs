namespace OrleansMcp.Tests.Hostile.Corpus;

/// <summary>Last-Event-ID values that lead nowhere, or to the beginning of the session's own stream.</summary>
internal static class EventIds
{
    private static readonly string[] s_bogus =
    [
        "x", "0", "-", "--", "---", "-1", "1-2", "a-b-c", "a-1-b", "a-1-", "-1-1", "a-1-1-1", "a--1-1", "a-1--1", "a-99999999999999999999-1", "a-1-99999999999999999999",
        "a-9223372036854775807-9223372036854775807", "a-1.5-1", "a-0x1-1", "a-+1-1", "a-\u0661-1", "\u00e9-1-1", "../../etc/passwd", "' OR 1=1 --", "a-1-1, a-1-2", "null",
        new string('e', 65), new string('e', 8000), new string('-', 64), "a-" + new string('0', 40) + "1-1", "%00", "\"a-1-1\"",
    ];

    public static IEnumerable<HostileRequest> Of(Target target)
    {
        foreach (var id in s_bogus)
        {
            yield return new($"Last-Event-ID {id}", target.Get(target.Victim).With("Last-Event-ID", Latin(id)).ToBytes(), Expectation.Http(200, 400).With(id));
            yield return new($"Last-Event-ID {id} of a stranger", target.Get(target.Foreign).With("Last-Event-ID", Latin(id)).ToBytes(),
                Expectation.Status(404, -32001).With(id));
            yield return new($"Last-Event-ID {id} on a POST", target.Post(target.Scratch).With("Last-Event-ID", Latin(id)).Body(Target.Echo).ToBytes(),
                Expectation.OneOf(200).With(id));
        }

        yield return new("two Last-Event-IDs", target.Get(target.Victim).With("Last-Event-ID", "a-1-1").And("Last-Event-ID", "a-1-2").ToBytes(), Expectation.Http(200, 400));
        yield return new("an empty Last-Event-ID", target.Get(target.Scratch).With("Last-Event-ID", "").ToBytes(), Expectation.Http(200, 400));
    }

    private static string Latin(string id) => new([.. id.Select(character => character > '\u00ff' ? '\u00ff' : character)]);
}
