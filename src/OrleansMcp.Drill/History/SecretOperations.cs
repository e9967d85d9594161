namespace OrleansMcp.Drill.History;

/// <summary>A client put a secret into a session.</summary>
/// <param name="Stamp">When and by which client.</param>
/// <param name="Name">The secret's name.</param>
/// <param name="Value">The secret itself: the drill made it up, so a report may show it.</param>
internal sealed record SecretPut(Stamp Stamp, string Name, string Value) : Operation(Stamp)
{
    public override string Area => Areas.Secrets;

    public override string Description => $"give secret {Name} = {Value}";
}

/// <summary>A tool signed a text with a secret of the session.</summary>
/// <param name="Stamp">When and by which client.</param>
/// <param name="Name">The secret's name.</param>
/// <param name="Text">The text.</param>
/// <param name="Signature">HMAC-SHA-256 in hexadecimal; null when refused.</param>
internal sealed record SecretUse(Stamp Stamp, string Name, string Text, string? Signature) : Operation(Stamp)
{
    public override string Area => Areas.Secrets;

    public override string Description => $"sign {Text} with secret {Name}: {Signature}";
}
