namespace OrleansMcp.Sessions;

/// <summary>What a session is opened with that a handle will name.</summary>
/// <param name="Permissions">The permissions that the caller asks for, well formed; null: all it may have.</param>
/// <param name="Servers">
/// The other servers that the session has asked in which it is opened; null: none. What they said is known to who opens it, so that the new session
/// begins where the old one has been.
/// </param>
public sealed record HandleOpening(IReadOnlyList<string>? Permissions = null, IReadOnlyList<string>? Servers = null);
