namespace OrleansMcp.Tests.Hostile;

/// <summary>What the client does when it has sent everything.</summary>
internal enum Farewell
{
    /// <summary>Waits for the reply.</summary>
    Waits,

    /// <summary>Says that nothing more will come, and waits.</summary>
    HangsUp,

    /// <summary>Is gone, without a word.</summary>
    Vanishes,
}

/// <summary>One thing that a broken or hostile client sends, and what may come back.</summary>
internal sealed record HostileRequest(string Name, Lazy<byte[]> Made, Expectation Expected, Farewell Farewell = Farewell.Waits)
{
    public HostileRequest(string name, byte[] bytes, Expectation expected, Farewell farewell = Farewell.Waits)
        : this(name, new Lazy<byte[]>(bytes), expected, farewell)
    {
    }

    /// <summary>A large one: its bytes are made for whoever sends it, and not for everybody who passes over it.</summary>
    public HostileRequest(string name, Func<byte[]> make, Expectation expected)
        : this(name, new Lazy<byte[]>(make), expected)
    {
    }

    public byte[] Bytes => Made.Value;
}

/// <summary>What may come back. Whatever it is: no 5xx, no word about the inside of the server, and no waiting for ever.</summary>
internal sealed record Expectation
{
    /// <summary>Statuses; empty for any 2xx or 4xx.</summary>
    public IReadOnlyCollection<int> Statuses { get; private init; } = [];

    /// <summary>Codes of the JSON-RPC error; empty for any.</summary>
    public IReadOnlyCollection<int> Codes { get; private init; } = [];

    /// <summary>The answer must be an error or a tool's failure.</summary>
    public bool Failure { get; private init; }

    /// <summary>HTTP itself is broken: the reply may lack a JSON-RPC body, and the connection may be closed instead.</summary>
    public bool Broken { get; private init; }

    /// <summary>The reply may be in another protocol: HTTP/2 has its own way to say no.</summary>
    public bool Foreign { get; private init; }

    /// <summary>A JSON-RPC answer of any kind, or none where none is owed.</summary>
    public static Expectation Anything { get; } = new();

    /// <summary>An error or a tool's failure, with the status that belongs to it.</summary>
    public static Expectation AnyFailure { get; } = new() { Failure = true, Statuses = [200, 400, 404] };

    /// <summary>Not HTTP, or not to the end: 4xx or a closed connection.</summary>
    public static Expectation BrokenHttp { get; } = new() { Broken = true };

    /// <summary>
    /// A request in another version of HTTP, or what looks like one: as <see cref="BrokenHttp"/>, or 505, the one 5xx that is the
    /// client's doing (RFC 9110, 15.6.6).
    /// </summary>
    public static Expectation OtherHttp { get; } = new() { Broken = true, Foreign = true, Statuses = [.. Enumerable.Range(200, 300), 505] };

    /// <summary>400 and one of the codes.</summary>
    public static Expectation Refused(params int[] codes) => Status(400, codes);

    /// <summary>400, or 413 when the body is too large to be parsed, with a JSON-RPC error.</summary>
    public static Expectation TooMuch(params int[] codes) => new() { Failure = true, Statuses = [400, 413], Codes = codes };

    /// <summary>A batch of which some was taken, and the rest refused with one of the codes.</summary>
    public static Expectation PartlyRefused(params int[] codes) => new() { Statuses = [200, 202], Codes = codes };

    /// <summary>The status, with a JSON-RPC error.</summary>
    public static Expectation Status(int status, params int[] codes) => new() { Failure = true, Statuses = [status], Codes = codes };

    /// <summary>The status, for which the web server itself may answer.</summary>
    public static Expectation Http(params int[] statuses) => new() { Broken = true, Statuses = statuses };

    /// <summary>One of the statuses, nothing said about the body.</summary>
    public static Expectation OneOf(params int[] statuses) => new() { Statuses = statuses };

    /// <summary>The same, when the request carries <paramref name="header"/>: one that is not UTF-8 may be refused before anybody reads it.</summary>
    public Expectation With(string header) => header.All(char.IsAscii) ? this : this with { Broken = true, Statuses = [.. Statuses, 400] };
}
