namespace OrleansMcp.Tests.Hostile.Corpus;

/// <summary>Values to put where others belong, with their kind: <c>n</c>umber, <c>s</c>tring, <c>b</c>oolean, <c>z</c>ero, <c>a</c>rray, <c>o</c>bject.</summary>
internal static class WrongValues
{
    public static IReadOnlyList<(char Kind, string Json)> All { get; } =
    [
        ('n', "5"), ('n', "99"), ('n', "-1"), ('n', "-1.5"), ('n', "-0"), ('n', "1e400"), ('n', "-1E+400"), ('n', "18446744073709551616"), ('n', new string('9', 500)),
        ('n', "0." + new string('3', 500)), ('n', "1e-400"), ('n', "9223372036854775807"),
        ('s', "\"\""), ('s', "\"x\""), ('s', "\"\\u0000\\u001f\\u007f\""), ('s', "\"\\ud83d\\ude00 \\u202e\""), ('s', $"\"{new string('x', 5000)}\""),
        ('s', "\"../../etc/passwd\""), ('s', "\"demo://session/counter\\r\\nX-Injected: 1\""),
        ('b', "true"), ('b', "false"), ('z', "null"),
        ('a', "[]"), ('a', "[[]]"), ('a', "[1,\"x\",null,{}]"),
        ('o', "{}"), ('o', "{\"a\":{\"b\":[null]}}"), ('o', "{\"\":\"\"}"), ('o', "{\"__proto__\":{\"constructor\":1},\"$ref\":\"http://127.0.0.1:1/\"}"),
    ];

    public static string Shown(string json) => json.Length <= 40 ? json : $"{json[..20]}... ({json.Length})";
}
