using System.Runtime.CompilerServices;
using System.Text.Json;
using OrleansMcp.Grains.Sessions;
using OrleansMcp.Sessions;

namespace OrleansMcp.Grains.Directory;

/// <summary>Streams: read in batches, each held by the session until it is known to have arrived.</summary>
internal sealed partial class ClusterSession
{
    private static readonly TimeSpan s_touch = TimeSpan.FromSeconds(10);

    public async IAsyncEnumerable<SessionEvent> ListenAsync(
        Caller caller, StreamRequest stream, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var reader = new RemoteStream(grain, caller, stream);
        await using (reader)
        {
            // A client that reads slowly keeps this loop waiting; the session must not take its reader for lost.
            using var touching = SessionTimings.Clock.CreateTimer(static reader => ((RemoteStream)reader!).Touch(), reader, s_touch, s_touch);
            while (true)
            {
                var batch = await reader.NextAsync(cancellationToken);
                foreach (var item in batch.Items.Where(item => !reader.IsAgain || item.Kind is not SessionEventKind.Opened))
                {
                    yield return item;
                }

                if (batch.IsEnd)
                {
                    yield break;
                }

                if (batch.IsUnknown && !reader.TryRestart())
                {
                    if (Broken(reader.HasBegun) is { } last)
                    {
                        yield return last;
                    }

                    yield break;
                }
            }
        }
    }

    /// <summary>The last item of a stream that went with its activation. None for one that its client may ask for again.</summary>
    private SessionEvent? Broken(bool hasBegun) => !hasBegun ? new SessionEvent(SessionEventKind.Lost)
        : _request.ValueKind is JsonValueKind.String or JsonValueKind.Number
            ? new SessionEvent(SessionEventKind.Message, Data: LostAnswer.To(_request))
            : null;
}
