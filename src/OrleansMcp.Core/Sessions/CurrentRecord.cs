using OrleansMcp.Sessions.State;

namespace OrleansMcp.Sessions;

/// <summary>
/// The record of one session as it was last made durable. A record is immutable and replaced whole, so that a reader that takes it once sees
/// one state and needs no lock.
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

    /// <summary>Takes over a record that the store has taken. Called by <see cref="State.StateWriter"/> and when the session opens.</summary>
    public void Replace(SessionRecord record) => _value = record;
}
