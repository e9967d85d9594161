namespace OrleansMcp.Drill;

/// <summary>Against which server a drill is held, by how many clients, and for how long.</summary>
/// <param name="Url">The server, without <c>/mcp</c>; null starts one for the drill.</param>
/// <param name="KeysFile">Path of the file with the keys of the clients of <paramref name="Url"/>; null without a URL.</param>
/// <param name="Clients">How many clients; null for all in <paramref name="KeysFile"/>, or <see cref="DefaultClients"/> without one.</param>
/// <param name="Seconds">How long clients work; before and after that, each may wait for its quotas of a minute.</param>
/// <param name="Seed">Decides what each virtual user does; null draws one.</param>
/// <param name="AttacksPerMinute">How many attacks a client may try a minute against <paramref name="Url"/>; a server of the drill's own sets no limit.</param>
public sealed record DrillSettings(Uri? Url, string? KeysFile, int? Clients, int Seconds, int? Seed, int AttacksPerMinute)
{
    /// <summary>How many clients a server of the drill's own gets by default.</summary>
    public const int DefaultClients = 8;

    /// <summary>The fewest clients of a server of the drill's own: two tenants of two clients.</summary>
    public const int FewestClients = 4;
}
