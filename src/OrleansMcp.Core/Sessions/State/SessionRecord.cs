using System.Text.Json;
using OrleansMcp.Authorization.Policies.Counters;
using OrleansMcp.Sessions;

namespace OrleansMcp.Sessions.State;

/// <summary>
/// All of a session that outlives its activation: enough to rebuild the actor after a restart or a move. Immutable; a change is a
/// new record. Secrets are never part of it.
/// </summary>
public sealed record SessionRecord
{
    /// <summary>Whose record this is; a record found under another key is refused.</summary>
    public required string Key { get; init; }

    /// <summary>Fixed at open.</summary>
    public required SessionOwner Owner { get; init; }

    /// <summary>The negotiated protocol revision; null for the actor of a principal, whose messages carry theirs.</summary>
    public string? ProtocolVersion { get; init; }

    /// <summary>The client's name and version as sent in <c>initialize</c>.</summary>
    public JsonElement? ClientInfo { get; init; }

    /// <summary>The client's capabilities as sent in <c>initialize</c>.</summary>
    public JsonElement? ClientCapabilities { get; init; }

    /// <summary>Minimum level of <c>notifications/message</c>, in the protocol's spelling; null until the client sets one.</summary>
    public string? LogLevel { get; init; }

    /// <summary>Resource URIs subscribed to.</summary>
    public IReadOnlyList<string> Subscriptions { get; init; } = [];

    /// <summary>
    /// What the session may do, as frozen when it opened and as an operator left it: permissions in their canonical order. Never grows.
    /// Means nothing for the actor of a principal, which has what its registration grants.
    /// </summary>
    public IReadOnlyList<string> Permissions { get; init; } = [];

    /// <summary>Tool state by key, each value a JSON document.</summary>
    public IReadOnlyDictionary<string, JsonElement> State { get; init; } = EmptyState;

    /// <summary>
    /// Changes of state made by named deliveries that may still be repeated, oldest first; bounded in number and age.
    /// </summary>
    public IReadOnlyList<StateEffect> Effects { get; init; } = [];

    /// <summary>At least what the session's own policy counters stand at; null when there are none.</summary>
    public IReadOnlyList<CountedWindow>? Counters { get; init; }

    /// <summary>Which deliveries will not be repeated: what arrives of them is late. One mark a sender, the latest senders.</summary>
    public IReadOnlyList<SettledMark> Settled { get; init; } = [];

    /// <summary>UTC.</summary>
    public required DateTimeOffset OpenedAt { get; init; }

    /// <summary>The absolute end, UTC.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>Last message as of this record, UTC. Written when the actor leaves memory, not on every call.</summary>
    public required DateTimeOffset LastActiveAt { get; init; }

    /// <summary>
    /// Set by the first step of the end sequence, where the store appends no receipts; such a record is never activated again.
    /// </summary>
    public SessionEndReason? Ended { get; init; }

    /// <summary>Counts the writes; a store refuses to replace a record by one that does not follow it.</summary>
    public long Version { get; init; }

    /// <summary>The principal's actor keeps no place in its client's session count.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public bool IsPrincipal => new SessionKey(Key).IsPrincipal;

    /// <summary>
    /// Whether this is what is stored for <paramref name="key"/>: written under it, and of an owner of the tenant that the key says.
    /// </summary>
    public bool IsOf(SessionKey key) => Key == key.Value && Owner is { } owner && owner.Tenant == key.Tenant;

    /// <summary>What <see cref="State"/> takes, bytes: of its keys and of its values as JSON.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public long StateBytes => State.Sum(static pair => (long)pair.Key.Length + pair.Value.GetRawText().Length);

    private static IReadOnlyDictionary<string, JsonElement> EmptyState { get; } = new Dictionary<string, JsonElement>();
}
