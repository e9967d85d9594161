using Microsoft.Extensions.Logging;
using OrleansMcp.Authorization;
using OrleansMcp.Cutoffs;
using OrleansMcp.Protocol;
using OrleansMcp.Sessions.State;

namespace OrleansMcp.Sessions;

/// <summary>Opens a session: registers it with its tenant, makes its record durable, then answers.</summary>
internal sealed partial class Session
{
    /// <inheritdoc/>
    public async Task<SessionReply> OpenAsync(Caller caller, McpMessage initialize, CancellationToken cancellationToken)
    {
        if (!BeginOpening(caller))
        {
            return SessionReply.NotFound;
        }

        if (!Handshake.TryRead(initialize, out var handshake, out var error))
        {
            FinishOpening(SessionPhase.Gone);
            return SessionReply.Message(RpcReply.Error(initialize.Id, RpcError.InvalidParams, error), 400);
        }

        return await ClaimAsync(caller, _parts.Claim.FirstRecord(Key, caller, handshake), cancellationToken) is { } refusal
            ? SessionReply.Refused(initialize.Id, refusal)
            : Greet(initialize);
    }

    /// <summary>The answer to the <c>initialize</c> that opened this session, also when it is delivered again.</summary>
    public SessionReply Greet(McpMessage initialize) => SessionReply.Message(RpcReply.Result(initialize.Id, Greeting.Initialize(
        _services.Catalogue, _parts.Record.Value.ProtocolVersion!, _parts.Authorization.Effective, _parts.Servers.HasAny)));

    /// <inheritdoc/>
    public async Task<SessionRefusal?> OpenHandleAsync(Caller caller, HandleOpening opening, CancellationToken cancellationToken)
    {
        if (!BeginOpening(caller))
        {
            throw new InvalidOperationException("The session exists already, or is not the caller's to open.");
        }

        var asked = opening.Permissions is null ? null : PermissionSet.OfRecord(opening.Permissions);
        return await ClaimAsync(caller, _parts.Claim.FirstRecord(Key, caller, asked) with { Servers = opening.Servers }, cancellationToken);
    }

    /// <summary>False for a session that exists, for a principal, and for the key of another tenant.</summary>
    private bool BeginOpening(Caller caller)
    {
        lock (_gate)
        {
            ThrowIfPassiveLocked();
            if (_phase != SessionPhase.New || Key.IsPrincipal || Key.Tenant != caller.Tenant)
            {
                return false;
            }

            _phase = SessionPhase.Opening;
            return true;
        }
    }

    private async Task<SessionRefusal?> ClaimAsync(Caller caller, SessionRecord record, CancellationToken cancellationToken)
    {
        var phase = SessionPhase.Gone;
        try
        {
            if (await _parts.Claim.ClaimAsync(caller, record, cancellationToken) is { } refusal)
            {
                return refusal;
            }

            _parts.Record.Replace(record);
            phase = SessionPhase.Live;
        }
        catch (SessionFencedException)
        {
            phase = SessionPhase.Passive; // The next activation reads the stored record.
            throw;
        }
        finally
        {
            FinishOpening(phase);
        }

        _services.Metrics.Opened();
        LogOpened(_services.Logger, _parts.Record.Name, record.Owner.Tenant, record.Owner.Client, record.ProtocolVersion);
        return await EndIfCutOffAsync() is null ? null : CutoffRefusal.JustNow; // A mark that came after the registration, and before the session was live.
    }

    private void FinishOpening(SessionPhase phase)
    {
        lock (_gate)
        {
            // An engine that let go of the instance meanwhile does not come back for it: the next activation reads the record.
            MoveLocked(phase == SessionPhase.Live && _leavesOnceOpen ? SessionPhase.Passive : phase);
            _parts.Activity.Touch();
            if (_phase == SessionPhase.Live)
            {
                _services.Activated(_parts);
                return;
            }
        }

        Retired?.Invoke(this);
        _retirement?.TrySetResult();
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "Session {Session} of {Tenant}/{Client} opened, protocol {Version}.")]
    private static partial void LogOpened(ILogger logger, string session, string tenant, string client, string? version);
}
