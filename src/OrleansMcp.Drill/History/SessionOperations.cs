namespace OrleansMcp.Drill.History;

/// <summary>A session was opened; its number is the stamp's.</summary>
internal sealed record SessionOpening(Stamp Stamp) : Operation(Stamp)
{
    public override string Area => Areas.Sessions;

    public override string What => "open";
}

/// <summary>A session was ended by its owner.</summary>
internal sealed record SessionEnding(Stamp Stamp) : Operation(Stamp)
{
    public override string Area => Areas.Sessions;

    public override string What => "end";
}

/// <summary>A session was asked whose it is.</summary>
/// <param name="Stamp">When and by whom.</param>
/// <param name="Said">Whose the server says it is; null when it said nothing.</param>
internal sealed record IdentityQuestion(Stamp Stamp, Party? Said) : Operation(Stamp)
{
    public override string Area => Areas.Sessions;

    public override string What => $"whoami: {Said}";
}

/// <summary>The session's own counter was raised.</summary>
/// <param name="Stamp">When and by whom.</param>
/// <param name="By">By how much, 0 or more.</param>
/// <param name="Value">What the counter is then, says the server.</param>
internal sealed record CounterStep(Stamp Stamp, long By, long Value) : Operation(Stamp)
{
    public override string Area => Areas.Counters;

    public override string What => $"increment by {By}: {Value}";
}

/// <summary>A secret was given to a session.</summary>
/// <param name="Stamp">When and by whom.</param>
/// <param name="Name">The secret's name.</param>
/// <param name="Value">The secret itself: made up by the drill, and worth nothing.</param>
internal sealed record SecretGiven(Stamp Stamp, string Name, string Value) : Operation(Stamp)
{
    public override string Area => Areas.Secrets;

    public override string What => $"give secret {Name} = {Value}";
}

/// <summary>A tool signed a text with a secret of the session.</summary>
/// <param name="Stamp">When and by whom.</param>
/// <param name="Name">The secret's name.</param>
/// <param name="Text">What was signed.</param>
/// <param name="Signature">HMAC-SHA-256 in hexadecimal; null when refused.</param>
internal sealed record SecretUse(Stamp Stamp, string Name, string Text, string? Signature) : Operation(Stamp)
{
    public override string Area => Areas.Secrets;

    public override string What => $"sign {Text} with secret {Name}: {Signature}";
}

/// <summary>A cached tool answered.</summary>
/// <param name="Stamp">When and by whom.</param>
/// <param name="Tool">Which.</param>
/// <param name="Text">What was asked.</param>
/// <param name="SaidText">What the answer says was asked.</param>
/// <param name="SaidTenant">For which tenant the answer was made.</param>
/// <param name="SaidClient">For which client; null when the answer is for a whole tenant.</param>
/// <param name="Made">Names the one computation that made the answer.</param>
internal sealed record CacheAnswer(
    Stamp Stamp, string Tool, string Text, string? SaidText, string? SaidTenant, string? SaidClient, string? Made) : Operation(Stamp)
{
    /// <summary>The tool whose cache is each client's own.</summary>
    public const string OfClient = "cache_stamp";

    /// <summary>The tool whose cache is each tenant's own.</summary>
    public const string OfTenant = "cache_shared";

    public override string Area => Areas.Caches;

    public override string What => $"{Tool} {Text}: {SaidText} for {SaidTenant}/{SaidClient}, stamp {Made}";
}

/// <summary>The tool log was read.</summary>
/// <param name="Stamp">When and by whom.</param>
/// <param name="Body">The whole answer.</param>
/// <param name="Tenants">The tenants that its entries name.</param>
/// <param name="Marker">Is part of every argument and value of the run, and of nothing else.</param>
internal sealed record LogReading(Stamp Stamp, string Body, IReadOnlyList<string> Tenants, string Marker) : Operation(Stamp)
{
    public override string Area => Areas.ToolLog;

    public override string What => $"toollog_recent: {(Body.Length <= 400 ? Body : Body[..400] + "...")}";
}
