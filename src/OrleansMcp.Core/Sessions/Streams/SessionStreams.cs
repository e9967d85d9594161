using OrleansMcp.Configuration;
using OrleansMcp.Memory;
using OrleansMcp.Protocol;

namespace OrleansMcp.Sessions.Streams;

/// <summary>The streams of one session, and what its protocol revision says about them. <see cref="Set"/> is created with the first stream.</summary>
internal sealed class SessionStreams(CurrentRecord record, string life, HeldMemory memory, IConfigurationSource configuration)
{
    private StreamSet? _set;

    /// <summary>Whether a stream was ever opened. If not, no client reads one.</summary>
    public bool Any => Volatile.Read(ref _set) is not null;

    public StreamSet Set => _set ?? LazyInitializer.EnsureInitialized(ref _set, NewSet);

    /// <summary>Streams of the session revisions can be resumed; those of 2026-07-28 cannot.</summary>
    public bool IsResumable => record.Value.ProtocolVersion is not null;

    public bool HasPrimingEvents => ProtocolVersions.HasPrimingEvents(record.Value.ProtocolVersion);

    /// <summary>Opens the stream of a post.</summary>
    /// <param name="abandoned">Called when the reader leaves before the stream has finished.</param>
    public EventStream Open(Action? abandoned)
    {
        var stream = Set.Open(IsResumable, abandoned);
        if (HasPrimingEvents)
        {
            Set.Prime(stream);
        }

        return stream;
    }

    /// <summary>Ends every reader, also one that was admitted and has not begun to read, because the session ends or is passivated.</summary>
    public void CloseAll() => Set.CloseAll();

    private StreamSet NewSet()
    {
        var limits = configuration.Current.Sessions;
        var owner = record.OrNull?.Owner; // Null for a session that was not opened, whose streams hold nothing.
        return new StreamSet(life, limits.MaxBufferedEvents, limits.MaxBufferedBytes, memory.Hold(record.Key.Tenant, owner?.Client ?? ""));
    }
}
