namespace OrleansMcp.Tests.Hostile.Corpus;

/// <summary>Numbers that do not fit, and texts that are almost numbers.</summary>
internal static class Numbers
{
    private static readonly string[] s_tooMuch =
    [
        "1e400", "-1e400", "1E400", "1e-400", "9223372036854775808", "-9223372036854775809", "18446744073709551616", "340282366920938463463374607431768211456",
        "1.5", "-0.1", "0.000000000000000000000000000000000001", "1e30", "9e18446744073709551616", "12345678901234567890123456789",
        "1." + "1234567890", new string('1', 500), "-" + new string('1', 500), new string('9', 100_000), "0." + new string('0', 100_000) + "1",
    ];

    private static readonly string[] s_notNumbers =
    [
        "+1", "01", "-01", "1.", ".5", "1e", "1e+", "0x1F", "1_000", "1,000", "NaN", "Infinity", "-Infinity", "-", "--1", "1e5.5", "١", "1 2", "0b1", "1n",
        "undefined", "True", "None", "'x'", "`x`", "1/**/", "//\n1",
    ];

    public static IEnumerable<HostileRequest> Of(Target target)
    {
        foreach (var number in s_tooMuch)
        {
            var shown = WrongValues.Shown(number);
            yield return new($"by={shown}", Post(target, Target.Increment.Replace("\"by\":1", $"\"by\":{number}", StringComparison.Ordinal)), Expectation.AnyFailure);
            yield return new($"id={shown}", Post(target, $$$$"""{"jsonrpc":"2.0","id":{{{{number}}}},"method":"tools/call","params":{"name":"increment"}}"""),
                Expectation.Refused(-32600));
            yield return new($"ms={shown}", Post(target, $$$$"""{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"slow","arguments":{"ms":{{{{number}}}}}}}"""),
                Expectation.AnyFailure);
            yield return new($"cancelled {shown}", Post(target, $$$$"""{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":{{{{number}}}}}}"""),
                Expectation.Anything);
        }

        foreach (var text in s_notNumbers)
        {
            yield return new($"by={text}", Post(target, Target.Increment.Replace("\"by\":1", $"\"by\":{text}", StringComparison.Ordinal)), Expectation.Refused(-32700));
            yield return new($"id={text}", Post(target, $$$$"""{"jsonrpc":"2.0","id":{{{{text}}}},"method":"tools/call","params":{"name":"increment"}}"""),
                Expectation.Refused(-32700));
        }
    }

    private static byte[] Post(Target target, string body) => target.Post(target.Victim).Body(body).ToBytes();
}
