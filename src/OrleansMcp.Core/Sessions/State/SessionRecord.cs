using System.Text.Json;
using OrleansMcp.Authorization.Policies.Counters;
using OrleansMcp.Sessions;

namespace OrleansMcp.Sessions.State;

/// <summary>
/// What of a session outlives its activation: enough to make the actor again after a restart or on another silo. Immutable; a change is a
/// new record. Contains no secrets.
/// </summary>
public sealed record SessionRecord
{
    /// <summary>The session's key. A record that is stored under another key is refused.</summary>
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
    /// The session's permissions, in canonical order: fixed when it opened, and reduced when an operator revokes some. Unused for the actor
    /// of a principal, which has the permissions of its client's registration.
    /// </summary>
    public IReadOnlyList<string> Permissions { get; init; } = [];

    /// <summary>Tool state by key, each value a JSON document.</summary>
    public IReadOnlyDictionary<string, JsonElement> State { get; init; } = EmptyState;

    /// <summary>Changes of state by deliveries that a front end may still repeat, oldest first; bounded in number and age.</summary>
    public IReadOnlyList<StateEffect> Effects { get; init; } = [];

    /// <summary>Upper bounds of the session's own policy counters; null when there are none.</summary>
    public IReadOnlyList<CountedWindow>? Counters { get; init; }

    /// <summary>The other servers that the session has asked for something, in the order of the first requests; null when none.</summary>
    public IReadOnlyList<string>? Servers { get; init; }

    /// <summary>For each of the latest senders, which of its deliveries are settled: one that arrives later is late and is not run.</summary>
    public IReadOnlyList<SettledMark> Settled { get; init; } = [];

    /// <summary>UTC.</summary>
    public required DateTimeOffset OpenedAt { get; init; }

    /// <summary>The absolute end, UTC.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>
    /// When the last message came, UTC. Written with every change of the record and when the actor is passivated, not on every call.
    /// </summary>
    public required DateTimeOffset LastActiveAt { get; init; }

    /// <summary>
    /// The ended mark, set where the store appends no receipts (<see cref="ISessionStore.AppendsReceipts"/>). A session with this mark is
    /// not opened again.
    /// </summary>
    public SessionEndReason? Ended { get; init; }

    /// <summary>Counts the writes; a store refuses to replace a record by one that does not follow it.</summary>
    public long Version { get; init; }

    /// <summary>Whether this is the actor of a principal, which does not count as a session of its client.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public bool IsPrincipal => new SessionKey(Key).IsPrincipal;

    /// <summary>Whether this record belongs under <paramref name="key"/>: it has that key, and its owner is of the key's tenant.</summary>
    public bool IsOf(SessionKey key) => Key == key.Value && Owner is { } owner && owner.Tenant == key.Tenant;

    /// <summary>The size of <see cref="State"/>, bytes: of its keys and its values as JSON.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public long StateBytes => State.Sum(static pair => (long)pair.Key.Length + pair.Value.GetRawText().Length);

    private static IReadOnlyDictionary<string, JsonElement> EmptyState { get; } = new Dictionary<string, JsonElement>();
}
