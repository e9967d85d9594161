using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using OrleansMcp.Authorization;
using OrleansMcp.Quotas;
using OrleansMcp.Records;
using OrleansMcp.Sessions.Calls;
using OrleansMcp.Signals;

namespace OrleansMcp.Sessions.Handlers;

/// <summary>The records that one call may use: author, tenant and permissions are those of its session.</summary>
internal sealed class CallRecords(RunningCall call, HandlerEnvironment environment) : IRecords
{
    public async ValueTask<Record?> GetAsync(string @namespace, string key, CancellationToken cancellationToken = default) =>
        (await ReadAsync(@namespace, [key], snapshot: null, cancellationToken)).Records.FirstOrDefault();

    public async ValueTask<RecordPage> ReadAsync(
        string @namespace, IReadOnlyList<string> keys, long? snapshot = null, CancellationToken cancellationToken = default)
    {
        RecordArguments.CheckKeys(keys);
        var reply = await ExecuteAsync(
            @namespace, PermissionKind.RecordsRead, Request(RecordOperation.Read) with { Keys = keys, Snapshot = snapshot }, cancellationToken);
        return new RecordPage(reply.Records, reply.Version);
    }

    public async ValueTask<RecordPage> QueryAsync(
        string @namespace, string prefix = "", int limit = RecordLimits.PageLength, RecordPage? after = null, CancellationToken cancellationToken = default)
    {
        RecordArguments.CheckQuery(prefix, limit);
        var request = Request(RecordOperation.Query) with { Prefix = prefix, Limit = limit, After = after?.Last, Snapshot = after?.Snapshot };
        var reply = await ExecuteAsync(@namespace, PermissionKind.RecordsRead, request, cancellationToken);
        return new RecordPage(reply.Records, reply.Version, reply.HasMore) { Last = reply.Records.LastOrDefault()?.Key };
    }

    public async ValueTask<RecordTransaction> TransactAsync(
        string @namespace, IReadOnlyList<RecordRead> reads, IReadOnlyList<RecordWrite> writes, CancellationToken cancellationToken = default)
    {
        RecordArguments.CheckTransaction(reads, writes);
        call.ThrowIfRevoked();
        var request = Request(RecordOperation.Transact) with { Id = NextId(), Reads = reads, Writes = writes };
        var reply = await ExecuteAsync(@namespace, PermissionKind.RecordsWrite, request, cancellationToken);
        return new RecordTransaction(request.Id, reply.Version, reply.Deleted);
    }

    public async ValueTask<IReadOnlyList<RecordGrant>> ShareAsync(
        string @namespace, string client, RecordAccess access, CancellationToken cancellationToken = default)
    {
        var others = environment.Configuration.Current.Tenants.GetValueOrDefault(call.Caller.Tenant)?.Clients;
        if (client == call.Caller.Client || (access != RecordAccess.None && others?.ContainsKey(client) != true))
        {
            throw RecordArguments.Invalid("A namespace is shared with another client of the tenant.");
        }

        call.ThrowIfRevoked();
        var request = Request(RecordOperation.Share) with { Id = NextId(), Grant = new RecordGrant(client, access) };
        return (await ExecuteAsync(@namespace, PermissionKind.RecordsWrite, request, cancellationToken)).Grants;
    }

    public async ValueTask<IReadOnlyList<RecordGrant>> ListGrantsAsync(string @namespace, CancellationToken cancellationToken = default) =>
        (await ExecuteAsync(@namespace, PermissionKind.RecordsRead, Request(RecordOperation.Grants), cancellationToken)).Grants;

    public async ValueTask SetSchemaAsync(string @namespace, JsonElement? schema, CancellationToken cancellationToken = default)
    {
        call.ThrowIfRevoked();
        await ExecuteAsync(@namespace, PermissionKind.RecordsWrite, Request(RecordOperation.SetSchema) with { Id = NextId(), Schema = schema }, cancellationToken);
    }

    public async ValueTask<JsonElement?> GetSchemaAsync(string @namespace, CancellationToken cancellationToken = default) =>
        (await ExecuteAsync(@namespace, PermissionKind.RecordsRead, Request(RecordOperation.Schema), cancellationToken)).Schema;

    private RecordRequest Request(RecordOperation operation)
    {
        var caller = call.Caller;
        return new RecordRequest(operation, new RecordAuthor(caller.Tenant, caller.Client, caller.Subject, environment.Record.Name));
    }

    private async ValueTask<RecordReply> ExecuteAsync(
        string @namespace, PermissionKind kind, RecordRequest request, CancellationToken cancellationToken)
    {
        if (!RecordSpaceKey.TryOf(call.Caller, @namespace, out var key))
        {
            throw RecordArguments.Invalid($"Argument 'namespace': {RecordSpaceKey.OtherThanName}");
        }

        call.Note(kind == PermissionKind.RecordsWrite ? CallTraits.Effect : CallTraits.Session);
        environment.Authorization.PermitUse(call.Caller, kind, key.ShownTo(call.Caller.Client));
        try
        {
            if (kind == PermissionKind.RecordsWrite)
            {
                await environment.Account.SpendWriteAsync(cancellationToken);
            }

            var reply = await environment.Records.Get(key).ExecuteAsync(request, cancellationToken);
            return reply.Outcome == RecordOutcome.Done ? reply : throw Throttled(reply) ?? Refused(reply);
        }
        catch (QuotaExceededException e)
        {
            throw new RecordException(QuotaRefusal.Code, e.Refusal.Message) { Refusal = e.Refusal };
        }
        catch (Exception e) when (e is IOException or SessionUnavailableException or QuotaUnavailableException)
        {
            throw Refused(RecordReply.Unavailable);
        }
    }

    /// <summary>The refusal of a client that has tried the namespaces of too many others.</summary>
    private RecordException? Throttled(RecordReply reply) =>
        reply.Outcome is RecordOutcome.NotFound or RecordOutcome.NotPermitted && ThrottledException.Of(environment.Attempts, call.Caller) is { } throttled
            ? new(ThrottledException.Code, throttled.Message) { RetryAfterSeconds = throttled.RetryAfterSeconds }
            : null;

    private static RecordException Refused(RecordReply reply) => reply.Outcome switch
    {
        RecordOutcome.Conflict => new(RecordException.Conflict, "A version that the write rested on is not current any more; nothing was written. Read again.") { Keys = reply.Keys },
        RecordOutcome.NotFound => new(RecordException.NotFound, "There is no such namespace for this client."),
        RecordOutcome.NotPermitted => new(PermissionDeniedException.Code, "The owner of this namespace does not let this client do that."),
        RecordOutcome.SnapshotExpired => new(RecordException.SnapshotExpired, "This snapshot is not held any more. Begin again without it."),
        RecordOutcome.SchemaMismatch => new(RecordException.SchemaMismatch, "A value does not satisfy the schema of the namespace; nothing was written.") { Keys = reply.Keys, Problems = reply.Problems },
        RecordOutcome.InvalidSchema => RecordArguments.Invalid(reply.Problem ?? "Argument 'schema': this is none."),
        RecordOutcome.OverQuota => new(QuotaRefusal.Code, reply.Refusal!.Message) { Refusal = reply.Refusal },
        RecordOutcome.OverLimit => new(QuotaRefusal.Code, reply.Problem ?? "A limit of this namespace is reached."),
        _ => new(RecordException.Unavailable, "The records cannot be reached at the moment; a write may or may not have happened. Try again.") { RetryAfterSeconds = 1 },
    };

    /// <summary>
    /// The transaction's id. Derived from session, delivery and step, so that a redelivery to another activation gets the same; random for
    /// a call without a delivery name.
    /// </summary>
    private Guid NextId()
    {
        var step = call.NextStep();
        if (call.Delivery.Id == Guid.Empty)
        {
            return Guid.NewGuid();
        }

        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        byte[] name = [.. Encoding.ASCII.GetBytes(environment.Record.Key.Value), .. call.Delivery.Id.ToByteArray(), 0, 0, 0, 0];
        BinaryPrimitives.WriteInt32LittleEndian(name.AsSpan(name.Length - 4), step);
        SHA256.HashData(name, hash);
        return new Guid(hash[..16]);
    }
}
