using OrleansMcp.Sessions.State;

namespace OrleansMcp.Sessions;

/// <summary>
/// The record of one session as it was last made durable. Records are immutable and replaced whole: code that reads <see cref="Value"/>
/// once sees one consistent state without a lock.
/// </summary>
internal sealed class CurrentRecord(SessionKey key, SessionRecord? record)
{
    private volatile SessionRecord? _value = record;

    /// <summary>The session's identity.</summary>
    public SessionKey Key => key;

    /// <summary>Tells sessions apart in logs and replies; see <see cref="SessionKey.Name"/>.</summary>
    public string Name => field ??= key.Name;

    /// <summary>The record; null before the session is open.</summary>
    public SessionRecord? OrNull => _value;

    /// <summary>The record of an open session.</summary>
    public SessionRecord Value => _value ?? throw new InvalidOperationException("The session is not open.");

    /// <summary>The owner of an open session.</summary>
    public SessionOwner Owner => Value.Owner;

    /// <summary>Publishes a record that is durable. Called by <see cref="State.StateWriter"/> and when the session opens.</summary>
    public void Replace(SessionRecord record) => _value = record;
}
