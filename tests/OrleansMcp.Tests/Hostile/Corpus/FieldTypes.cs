namespace OrleansMcp.Tests.Hostile.Corpus;

/// <summary>Every field of the session revisions, with values of every type in it.</summary>
internal static class FieldTypes
{
    private const string Slot = "~";
    private const string Any = "nsbzao";

    // Template, and the kinds of value that may be good there, or are understood all the same; all others must fail.
    private static readonly (string Template, string Fits)[] s_fields =
    [
        (Of("ping", "~"), "oz"),
        ("""{"jsonrpc":~,"id":1,"method":"ping"}""", ""),
        ("""{"jsonrpc":"2.0","id":~,"method":"ping"}""", "ns"),
        ("""{"jsonrpc":"2.0","id":1,"method":~}""", ""),
        ("""{"jsonrpc":"2.0","method":~}""", "s"),
        ("""{"jsonrpc":"2.0","id":1,"method":"ping","extra":~}""", Any),
        (Of("tools/list", """{"cursor":~}"""), Any),
        (Of("prompts/list", """{"cursor":~}"""), Any),
        (Of("resources/list", """{"cursor":~}"""), Any),
        (Of("resources/templates/list", """{"cursor":~}"""), Any),
        (Of("tools/call", "~"), ""),
        (Of("tools/call", """{"name":~}"""), ""),
        (Of("tools/call", """{"name":"echo","arguments":~}"""), ""),
        (Of("tools/call", """{"name":"whoami","arguments":~}"""), "oz"),
        (Of("tools/call", """{"name":"echo","arguments":{"text":~}}"""), "s"),
        (Of("tools/call", """{"name":"echo","arguments":{"text":"x","more":~}}"""), Any),
        (Of("tools/call", """{"name":"increment","arguments":{"by":~}}"""), "n"),
        (Of("tools/call", """{"name":"echo","arguments":{"text":"x"},"_meta":~}"""), Any),
        (Of("tools/call", """{"name":"echo","arguments":{"text":"x"},"_meta":{"progressToken":~}}"""), Any),
        (Of("tools/call", """{"name":"slow","arguments":{"ms":0},"_meta":{"progressToken":~}}"""), Any),
        (Of("tools/call", """{"name":"echo","arguments":{"text":"x"},"_meta":{"traceparent":~,"tracestate":~}}"""), Any),
        (Of("tools/call", """{"name":"echo","arguments":{"text":"x"},"task":~}"""), Any),
        (Of("tools/call", """{"name":"echo","arguments":{"text":"x"},"requestState":~,"inputResponses":~}"""), Any),
        (Of("prompts/get", """{"name":~}"""), ""),
        (Of("prompts/get", """{"name":"summarise","arguments":~}"""), ""),
        (Of("prompts/get", """{"name":"summarise","arguments":{"topic":~}}"""), "sz"),
        (Of("resources/read", """{"uri":~}"""), ""),
        (Of("resources/subscribe", """{"uri":~}"""), "s"),
        (Of("resources/unsubscribe", """{"uri":~}"""), "s"),
        (Of("logging/setLevel", "~"), ""),
        (Of("logging/setLevel", """{"level":~}"""), "n"),
        (Of("completion/complete", """{"ref":~,"argument":{"name":"a","value":"b"}}"""), ""),
        (Of("completion/complete", """{"ref":{"type":~,"name":"summarise"},"argument":{"name":"a","value":"b"}}"""), ""),
        (Of("completion/complete", """{"ref":{"type":"ref/prompt","name":~},"argument":{"name":"a","value":"b"}}"""), "s"),
        (Of("completion/complete", """{"ref":{"type":"ref/resource","uri":~},"argument":{"name":"a","value":"b"}}"""), "s"),
        (Of("completion/complete", """{"ref":{"type":"ref/prompt","name":"summarise"},"argument":~}"""), ""),
        (Of("completion/complete", """{"ref":{"type":"ref/prompt","name":"summarise"},"argument":{"name":~,"value":"b"}}"""), "s"),
        (Of("completion/complete", """{"ref":{"type":"ref/prompt","name":"summarise"},"argument":{"name":"audience","value":~}}"""), "s"),
        (Of("completion/complete", """{"ref":{"type":"ref/prompt","name":"summarise"},"argument":{"name":"audience","value":"b"},"context":~}"""), Any),
        (Of("completion/complete", """{"ref":{"type":"ref/prompt","name":"summarise"},"argument":{"name":"audience","value":"b"},"context":{"arguments":~}}"""), Any),
    ];

    private static readonly (string Template, string Fits)[] s_handshake =
    [
        (Of("initialize", "~"), ""),
        (Of("initialize", """{"protocolVersion":~,"capabilities":{},"clientInfo":{"name":"raw","version":"1"}}"""), "s"),
        (Of("initialize", """{"protocolVersion":"2025-11-25","capabilities":~,"clientInfo":{"name":"raw","version":"1"}}"""), "o"),
        (Of("initialize", """{"protocolVersion":"2025-11-25","capabilities":{"elicitation":~,"sampling":{"tools":~}},"clientInfo":{"name":"raw","version":"1"}}"""), Any),
        (Of("initialize", """{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":~}"""), Any),
        (Of("initialize", """{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":~,"version":"1"}}"""), "sz"),
        (Of("initialize", """{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"raw","version":"1","icons":~}}"""), Any),
        (Of("initialize", """{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"raw","version":"1"},"_meta":~}"""), Any),
    ];

    public static IEnumerable<HostileRequest> Of(Target target) =>
        [.. From(s_fields, () => target.Post(target.Scratch)), .. From(s_handshake, target.Opening)];

    private static IEnumerable<HostileRequest> From((string Template, string Fits)[] fields, Func<RequestText> request) =>
        from field in fields
        from value in WrongValues.All
        let body = field.Template.Replace(Slot, value.Json, StringComparison.Ordinal)
        let fits = field.Fits.Contains(value.Kind, StringComparison.Ordinal)
        select new HostileRequest($"{field.Template} with {WrongValues.Shown(value.Json)}", request().Body(body).ToBytes(),
            fits ? Expectation.Anything : Expectation.AnyFailure);

    private static string Of(string method, string parameters) =>
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"" + method + "\",\"params\":" + parameters + "}";
}
