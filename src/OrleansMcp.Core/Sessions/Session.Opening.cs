using System.Text.Json;
using System.Text.Json.Nodes;
using ModelContextProtocol.Protocol;
using OrleansMcp.Permissions;
using OrleansMcp.Protocol;
using OrleansMcp.Sessions.Calls;
using OrleansMcp.Signals;
using OrleansMcp.State;

namespace OrleansMcp.Sessions;

/// <summary>How a session comes into being: claimed with the tenant, durable, then answered.</summary>
public sealed partial class Session
{
    private ClientCapabilities _capabilities = new();
    private Implementation? _clientInfo;
    private LoggingLevel? _logLevel;

    /// <inheritdoc/>
    public async Task<SessionReply> OpenAsync(Caller caller, McpMessage initialize, CancellationToken cancellationToken)
    {
        if (!BeginOpening(caller))
        {
            return SessionReply.NotFound;
        }

        if (!Handshake.TryRead(initialize, out var handshake, out var error))
        {
            GiveUpOpening();
            return SessionReply.Message(RpcReply.Error(initialize.Id, RpcError.InvalidParams, error), 400);
        }

        var record = NewRecord(caller, _host.Time.GetUtcNow()) with
        {
            Permissions = ToOpen(caller, handshake.Permissions),
            ProtocolVersion = handshake.Version,
            ClientInfo = handshake.ClientInfo,
            ClientCapabilities = handshake.Capabilities,
            Version = 1,
        };
        if (await ClaimAsync(caller, record, cancellationToken) is { } refusal)
        {
            var data = new JsonObject { ["code"] = refusal.Code, ["retryAfterSeconds"] = refusal.RetryAfterSeconds };
            return new SessionReply(
                ReplyKind.Message, RpcReply.Error(initialize.Id, RpcError.Refused, refusal.Message, data), 429, 0,
                refusal.RetryAfterSeconds);
        }

        return SessionReply.Message(RpcReply.Result(initialize.Id, Greeting()));
    }

    /// <summary>The answer to the <c>initialize</c> that opened this session, once more.</summary>
    public SessionReply Greet(McpMessage initialize) =>
        SessionReply.Message(RpcReply.Result(initialize.Id, Greeting()));

    /// <inheritdoc/>
    public async Task<SessionRefusal?> OpenHandleAsync(Caller caller, IReadOnlyList<string>? permissions, CancellationToken cancellationToken)
    {
        if (!BeginOpening(caller))
        {
            throw new InvalidOperationException("The session exists already, or is not the caller's to open.");
        }

        var asked = permissions is null ? null : PermissionSet.OfRecord(permissions);
        return await ClaimAsync(
            caller, NewRecord(caller, _host.Time.GetUtcNow()) with { Permissions = ToOpen(caller, asked), Version = 1 }, cancellationToken);
    }

    /// <summary>A key that was made for another tenant is opened by nobody else.</summary>
    private bool BeginOpening(Caller caller)
    {
        lock (_gate)
        {
            switch (_phase)
            {
                case Phase.Passive:
                    throw new SessionPassivatedException();
                case Phase.New when !Key.IsPrincipal && Key.Tenant == caller.Tenant:
                    _phase = Phase.Opening;
                    return true;
                default:
                    return false;
            }
        }
    }

    /// <summary>Claims the client's place and writes the record. Nothing is left behind when either fails.</summary>
    private async Task<SessionRefusal?> ClaimAsync(Caller caller, SessionRecord record, CancellationToken cancellationToken)
    {
        if (HeldBackException.Of(_host.Attempts, caller) is { } held)
        {
            GiveUpOpening();
            return new SessionRefusal(HeldBackException.Code, held.Message, held.RetryAfterSeconds);
        }

        var tenant = _host.Tenants.Get(record.Owner.Tenant);
        var claimed = false;
        try
        {
            if (await tenant.RegisterAsync(record.Owner.Client, Key, cancellationToken) is { } refusal)
            {
                GiveUpOpening();
                _host.Signals.Raise(new Signal(SignalName.QuotaExceeded, caller, What: $"opening a session: {refusal.Code}"));
                return refusal;
            }

            claimed = true;
            await _store.SaveAsync(record, cancellationToken);
        }
        catch (SessionFencedException)
        {
            GiveUpOpening(Phase.Passive); // The record under this key is another activation's, and so is its place: the next one knows.
            throw;
        }
        catch (Exception)
        {
            GiveUpOpening();
            if (claimed)
            {
                await tenant.UnregisterAsync(record.Owner.Client, Key, CancellationToken.None);
            }

            throw;
        }

        lock (_gate)
        {
            Adopt(record);
            _record = record;
            _phase = Phase.Live;
            Volatile.Write(ref _lastActive, record.LastActiveAt.UtcTicks);
        }

        _host.Metrics.Opened();
        Activated();
        LogOpened(Key, record.Owner.Tenant, record.Owner.Client, record.ProtocolVersion);
        return null;
    }

    /// <summary>Takes over what the record says about the client.</summary>
    private void Adopt(SessionRecord record)
    {
        if (record.ClientCapabilities is { } capabilities)
        {
            _capabilities = RequestMeta.Declared(capabilities);
        }

        _clientInfo = record.ClientInfo is { } info ? Wire.Read<Implementation>(info) : null;
        _logLevel = record.LogLevel is { } level
            ? JsonSerializer.Deserialize($"\"{level}\"", Wire.Type<LoggingLevel>())
            : null;
    }

    private void GiveUpOpening(Phase phase = Phase.Gone)
    {
        lock (_gate)
        {
            _phase = phase;
        }

        Retired?.Invoke(this);
    }
}
