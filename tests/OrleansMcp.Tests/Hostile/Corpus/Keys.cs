namespace OrleansMcp.Tests.Hostile.Corpus;

/// <summary>Keys given twice, or in another case: two readers of one message must not come to two meanings.</summary>
internal static class Keys
{
    private static readonly string[] s_twice =
    [
        """{"jsonrpc":"2.0","jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"increment"}}""",
        """{"jsonrpc":"2.0","id":1,"id":2,"method":"tools/call","params":{"name":"increment"}}""",
        """{"jsonrpc":"2.0","id":1,"method":"ping","method":"tools/call","params":{"name":"increment"}}""",
        """{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"echo"},"params":{"name":"increment"}}""",
        """{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"echo","name":"increment"}}""",
        """{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"increment","arguments":{},"arguments":{"by":5}}}""",
        """{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"increment","arguments":{"by":1,"by":-1}}}""",
        """{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"increment","arguments":{"by":1,"\u0062y":-1}}}""",
        """{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"increment","arguments":{"by":1,"b\u0079":1,"x":{"y":1,"y":2}}}}""",
        """{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"increment","_meta":{},"_meta":{}}}""",
        """{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"increment","_meta":{"progressToken":1,"progressToken":2}}}""",
        """{"jsonrpc":"2.0","id":1,"result":{},"result":{}}""",
        """{"jsonrpc":"2.0","id":1,"error":{"code":1,"code":2,"message":""}}""",
        """{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"increment","":1,"":2}}""",
    ];

    private static readonly string[] s_otherCase =
    [
        """{"JSONRPC":"2.0","id":1,"method":"tools/call","params":{"name":"increment"}}""",
        """{"jsonrpc":"2.0","id":1,"METHOD":"tools/call","params":{"name":"increment"}}""",
        """{"jsonrpc":"2.0","id":1,"Method":"tools/call","params":{"name":"increment"}}""",
        """{"jsonrpc":"2.0","id":1,"method":"tools/call","Params":{"name":"increment"}}""",
        """{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"Name":"increment"}}""",
        """{"jsonrpc":"2.0","id":1,"method":"Tools/Call","params":{"name":"increment"}}""",
        """{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"Increment"}}""",
        """{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"increment "}}""",
        """{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"echo","Name":"increment","arguments":{}}}""",
        """{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"echo","arguments":{"Text":"x"}}}""",
    ];

    // Good in their exact spelling, and refused for the other one.
    private static readonly string[] s_besideTheRightOne =
    [
        """{"jsonrpc":"2.0","id":1,"method":"ping","Method":"tools/call","params":{"name":"increment"}}""",
        """{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"echo","Name":"increment","arguments":{"text":"x"}}}""",
        """{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"echo","arguments":{"text":"x"}},"Params":{"name":"increment"}}""",
        """{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"echo","arguments":{"text":"x","Text":"y","TEXT":"z"}}}""",
        """{"jsonrpc":"2.0","id":1,"Id":2,"ID":3,"method":"ping"}""",
    ];

    public static IEnumerable<HostileRequest> Of(Target target)
    {
        foreach (var body in s_twice)
        {
            yield return new($"twice: {body}", target.Post(target.Victim).Body(body).ToBytes(), Expectation.Refused(-32700));
            yield return new($"twice, in a batch: {body}", target.PostLegacy().Body($"[{Target.Ping},{body}]").ToBytes(), Expectation.PartlyRefused(-32700));
        }

        foreach (var body in s_otherCase)
        {
            yield return new($"other case: {body}", target.Post(target.Victim).Body(body).ToBytes(), Expectation.AnyFailure);
        }

        foreach (var body in s_besideTheRightOne)
        {
            yield return new($"both cases: {body}", target.Post(target.Victim).Body(body).ToBytes(), Expectation.AnyFailure);
        }

        yield return new("2026: name twice", target.Modern("tools/call", "echo").Body(Target.ModernEcho.Replace(
            "\"name\":\"echo\"", "\"name\":\"echo\",\"name\":\"increment\"", StringComparison.Ordinal)).ToBytes(), Expectation.Refused(-32700));
        yield return new("2026: the header names one tool, the body another", target.Modern("tools/call", "echo").Body(Target.ModernIncrement).ToBytes(),
            Expectation.Refused(-32020));
    }
}
