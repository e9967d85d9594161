using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using OrleansMcp.Configuration;
using OrleansMcp.Quotas;
using OrleansMcp.Sessions;
using OrleansMcp.Sessions.Yielding;

namespace OrleansMcp.Tenants;

/// <summary>
/// Opens sessions within the caps of client and tenant. Most clients never end their sessions: at the cap one of the client's own makes room
/// (<see cref="OnSessionCap"/>), never one of another client.
/// </summary>
public sealed partial class Tenant
{
    private const int MostAsked = 256;
    private static readonly TimeSpan s_longestAsking = TimeSpan.FromSeconds(3);

    // Bounded by the configured clients. One opening of a client at a time makes room, so that it gets the place that it has made.
    private readonly ConcurrentDictionary<string, SemaphoreSlim> _makingRoom = new(StringComparer.Ordinal);

    private async ValueTask<QuotaRefusal?> OpenAsync(string client, SessionKey session, CancellationToken cancellationToken)
    {
        var refusal = await TryOpenAsync(client, session);
        if (refusal is not { Quota: Quota.Sessions })
        {
            return refusal;
        }

        var turn = _makingRoom.GetOrAdd(client, static _ => new SemaphoreSlim(1, 1));
        await turn.WaitAsync(cancellationToken);
        try
        {
            return await MakeRoomAndOpenAsync(client, session, cancellationToken);
        }
        finally
        {
            turn.Release();
        }
    }

    private async ValueTask<QuotaRefusal?> MakeRoomAndOpenAsync(string client, SessionKey session, CancellationToken cancellationToken)
    {
        var began = _time.GetTimestamp();
        var refusal = await TryOpenAsync(client, session);
        for (var asked = 0; refusal is { Quota: Quota.Sessions } && asked < MostAsked && _time.GetElapsedTime(began) < s_longestAsking; asked++)
        {
            if (_ledgers.NextToYield(client) is not var (next, request))
            {
                break;
            }

            await AskAsync(client, next, request, cancellationToken);
            refusal = await TryOpenAsync(client, session);
        }

        return refusal;
    }

    /// <summary>Asks a session for its place. One that cannot be reached is asked again later, as one that is in use.</summary>
    private async ValueTask AskAsync(string client, SessionKey session, YieldRequest request, CancellationToken cancellationToken)
    {
        var reply = new YieldReply(YieldOutcome.InUse);
        try
        {
            reply = await _sessions.Get(session).YieldAsync(request, cancellationToken);
        }
        catch (Exception e) when (e is IOException or SessionUnavailableException or TenantStoppedException)
        {
            if (_logged.Admits("not asked", _id, client, _time.GetUtcNow(), out var suppressed))
            {
                LogNotAsked(_logger, e, session.Name, suppressed);
            }
        }

        _ledgers.Answered(client, session, request, reply);
    }

    private async ValueTask<QuotaRefusal?> TryOpenAsync(string client, SessionKey session)
    {
        QuotaRefusal? refusal = null;
        await CoveredAsync(() => _ledgers.TryOpen(client, session, out refusal));
        return refusal;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Session {Session} could not be asked to make room ({Suppressed} more were not logged).")]
    private static partial void LogNotAsked(ILogger logger, Exception exception, string session, long suppressed);
}
