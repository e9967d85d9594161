using System.Runtime.CompilerServices;
using System.Text.Json;
using OrleansMcp.Grains.Sessions;
using OrleansMcp.Sessions;

namespace OrleansMcp.Grains.Directory;

/// <summary>Reads streams in batches. The session keeps each batch until the next read confirms it.</summary>
internal sealed partial class ClusterSession
{
    private static readonly TimeSpan s_touch = TimeSpan.FromSeconds(10);

    public async IAsyncEnumerable<SessionEvent> ListenAsync(
        Caller caller, StreamRequest stream, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var reader = new RemoteStream(grain, caller, stream);
        await using (reader)
        {
            // A slow client blocks this loop; the timer keeps its reader in the session from expiring.
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
                    if (Broken() is { } last)
                    {
                        yield return last;
                    }

                    yield break;
                }
            }
        }
    }

    /// <summary>The last item of a stream whose activation is gone; null for one that answers no request: the client may open it again.</summary>
    private SessionEvent? Broken() => _request.ValueKind is JsonValueKind.String or JsonValueKind.Number
        ? new SessionEvent(SessionEventKind.Message, Data: LostAnswer.To(_request))
        : null;
}
