using System.Text;

namespace OrleansMcp.Tests.Hostile.Corpus;

/// <summary>Good messages that end too early: as JSON, at every place; as HTTP, at many.</summary>
internal static class Truncations
{
    private const string Answer = """{"jsonrpc":"2.0","id":"srv-1","result":{"action":"accept","content":{"colour":"blue"}}}""";
    private const string Batch = "[" + Target.Increment + "," + Target.Ping + "]";

    public static IEnumerable<HostileRequest> Of(Target target)
    {
        (string Name, string Text, Func<RequestText> Request)[] messages =
        [
            ("increment", Target.Increment, () => target.Post(target.Victim)),
            ("initialize", Target.Initialize, target.Opening),
            ("modern increment", Target.ModernIncrement, () => target.Modern("tools/call", "increment")),
            ("answer", Answer, () => target.Post(target.Victim)),
            ("batch", Batch, target.PostLegacy),
        ];
        foreach (var (name, text, request) in messages)
        {
            var bytes = Encoding.UTF8.GetBytes(text);
            for (var length = 0; length < bytes.Length; length++)
            {
                yield return new($"{name}: JSON cut at {length}", request().Body(bytes[..length]).ToBytes(), Expectation.Refused(-32700));
            }

            var whole = request().Body(bytes).ToBytes();
            for (var length = 1; length < whole.Length; length += 17)
            {
                var farewell = (length / 17 % 2) == 0 ? Farewell.HangsUp : Farewell.Vanishes;
                yield return new($"{name}: HTTP cut at {length}, client {farewell}", whole[..length], Expectation.BrokenHttp, farewell);
            }
        }
    }
}
