using System.Diagnostics.CodeAnalysis;

namespace OrleansMcp.Sessions.Input;

/// <summary>
/// What handlers left behind that ended with questions, each under its sealed name until the retry or until its time is over. Only so many
/// are held: one more takes the place of the one that would go first. Guarded by the lock of <see cref="PendingInputs"/>.
/// </summary>
internal sealed class HeldStates(TimeProvider time)
{
    private const int MaxStates = 64;

    private readonly Dictionary<string, HeldState> _states = new(StringComparer.Ordinal);

    /// <summary>Whether a retry may come that needs one of them.</summary>
    public bool Any
    {
        get
        {
            DropExpired();
            return _states.Count > 0;
        }
    }

    public void Add(string name, HeldState state)
    {
        DropExpired();
        if (_states.Count >= MaxStates)
        {
            _states.Remove(_states.MinBy(pair => pair.Value.ExpiresAt).Key);
        }

        _states.Add(name, state);
    }

    /// <summary>Takes out what is held under a name for the request of that digest. Another request finds and takes nothing.</summary>
    public bool TryTake(string name, string digest, [NotNullWhen(true)] out HeldState? state)
    {
        DropExpired();
        return _states.TryGetValue(name, out state) && state.Digest == digest && _states.Remove(name);
    }

    /// <summary>Holds again what was taken out and not used up.</summary>
    public void PutBack(string name, HeldState state) => _states.TryAdd(name, state);

    private void DropExpired()
    {
        if (_states.Count == 0)
        {
            return;
        }

        var now = time.GetUtcNow();
        foreach (var (name, state) in _states)
        {
            if (state.ExpiresAt <= now)
            {
                _states.Remove(name); // Which does not disturb the enumeration.
            }
        }
    }
}
