using OrleansMcp.Configuration;
using OrleansMcp.Protocol;

namespace OrleansMcp.Sessions.Streams;

/// <summary>The streams of one session, made when it first has one, and what its revision says about them.</summary>
internal sealed class SessionStreams(CurrentRecord record, string life, IConfigurationSource configuration)
{
    private StreamSet? _set;

    /// <summary>Whether a stream was ever opened. A session that has none has nobody who listens.</summary>
    public bool Any => Volatile.Read(ref _set) is not null;

    public StreamSet Set => _set ?? LazyInitializer.EnsureInitialized(ref _set, NewSet);

    /// <summary>Streams of the session revisions can be resumed; those of 2026-07-28 cannot.</summary>
    public bool IsResumable => record.Value.ProtocolVersion is not null;

    public bool HasPrimingEvents => ProtocolVersions.HasPrimingEvents(record.Value.ProtocolVersion);

    /// <summary>Opens the stream of a post.</summary>
    /// <param name="abandoned">Called when its reader leaves before its end.</param>
    public EventStream Open(Action? abandoned)
    {
        var stream = Set.Open(IsResumable, abandoned);
        if (HasPrimingEvents)
        {
            Set.Prime(stream);
        }

        return stream;
    }

    /// <summary>Ends every reader, also one that has entered the session and not begun to read; the session is going away.</summary>
    public void CloseAll() => Set.CloseAll();

    private StreamSet NewSet()
    {
        var limits = configuration.Current.Sessions;
        return new StreamSet(life, limits.MaxBufferedEvents, limits.MaxBufferedBytes);
    }
}
