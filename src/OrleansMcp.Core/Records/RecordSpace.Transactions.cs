using OrleansMcp.Records.Log;
using OrleansMcp.Records.Schemas;
using OrleansMcp.Signals;

namespace OrleansMcp.Records;

/// <summary>Transactions: judged, accepted, made durable, answered.</summary>
public sealed partial class RecordSpace
{
    private async ValueTask<RecordReply> TransactAsync(RecordRequest request, CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Pending? pending;
            long needed;
            var examined = Examine(request);
            lock (_gate)
            {
                if (IsLost)
                {
                    return RecordReply.Unavailable;
                }

                if (FindKnownLocked(request) is { } known)
                {
                    pending = known.Pending;
                    if (pending is null)
                    {
                        return Done(request, known.Version, deleted: null);
                    }

                    needed = 0;
                }
                else if (!ReferenceEquals(examined.Against, _schema))
                {
                    continue; // It was changed meanwhile.
                }
                else if (JudgeLocked(request, examined) is { } refusal)
                {
                    return refusal;
                }
                else
                {
                    (pending, needed) = TryAcceptLocked(request, examined.Next);
                }
            }

            if (pending is not null)
            {
                var outcome = await pending.Outcome.Task;
                return outcome == RecordOutcome.Done ? Done(request, pending.Commit.Version, pending.Commit.Deletes) : new RecordReply(outcome);
            }

            if (await _host.ChargeAsync(_key, needed) is not { } charge)
            {
                return RecordReply.Unavailable;
            }

            if (charge.Refusal is { } over)
            {
                return new RecordReply(RecordOutcome.OverQuota) { Refusal = over };
            }

            Interlocked.Exchange(ref _charged, charge.Bytes);
        }
    }

    /// <summary>The same transaction, delivered before: durable or pending.</summary>
    private (long Version, Pending? Pending)? FindKnownLocked(RecordRequest request) =>
        _pending.Find(one => one.Commit.Id == request.Id && request.Id != Guid.Empty) is { } underWay ? (underWay.Commit.Version, underWay)
        : _known.Find(request.Id) is { } made ? (made.Version, null)
        : null;

    /// <summary>Why the transaction cannot be made, judged by all that was accepted before it.</summary>
    private RecordReply? JudgeLocked(RecordRequest request, Examination examined)
    {
        // It was permitted when it came. A grant that has ended since ends it too.
        if (AccessOf(request.Author) != RecordAccess.Write)
        {
            Raise(SignalName.OverlappingWrite, request);
            return RecordReply.NotFound;
        }

        var stale = request.Reads.Where(read => _table.VersionOf(read.Key) != read.Version).Select(read => read.Key)
            .Concat(request.Writes.Where(write => write.Version is { } version && _table.VersionOf(write.Key) != version).Select(write => write.Key))
            .Distinct(StringComparer.Ordinal).ToArray();
        if (stale.Length > 0)
        {
            _host.Raise(SignalName.StaleRead, _key, request.Author, $"a transaction rested on {stale.Length} versions that are not current");
            return new RecordReply(RecordOutcome.Conflict) { Keys = stale, Version = _table.Durable };
        }

        return request.Operation switch
        {
            RecordOperation.Share => JudgeGrantLocked(request.Grant!),
            RecordOperation.SetSchema => JudgeSchemaLocked(examined),
            _ => JudgeValuesLocked(request, examined) ?? JudgeSizeLocked(request.Writes),
        };
    }

    private RecordReply? JudgeSizeLocked(IReadOnlyList<RecordWrite> writes)
    {
        var more = writes.Count(write => write.Value is not null && _table.VersionOf(write.Key) == 0);
        var limits = _host.Limits;
        return more > 0 && _table.Count + more > limits.MaxRecords
                ? new RecordReply(RecordOutcome.OverLimit) { Problem = $"A namespace can hold {limits.MaxRecords} records." }
            : writes.Any(write => write.Value is not null) && HeldBytes + writes.Sum(write => (long)(write.Value?.GetRawText().Length ?? 0)) > limits.MaxBytes
                ? new RecordReply(RecordOutcome.OverLimit) { Problem = $"A namespace can hold {limits.MaxBytes} bytes." }
            : null;
    }

    private RecordReply? JudgeGrantLocked(RecordGrant grant) =>
        grant.Access != RecordAccess.None && _grants.Count >= RecordLimits.Grants && _grants.All(other => other.Client != grant.Client)
            ? new RecordReply(RecordOutcome.OverLimit) { Problem = $"A namespace can be shared with {RecordLimits.Grants} clients at most." }
            : null;

    /// <summary>Accepts the transaction; or says how many bytes must be charged first.</summary>
    private (Pending? Pending, long Needed) TryAcceptLocked(RecordRequest request, RecordSchema? schema)
    {
        var commit = CommitOf(request);
        var grown = HeldBytes + (_table.Accepted == 0 ? PlaceBytes : 0) + commit.Puts.Sum(put => put.Size - (_table.Current(put.Key)?.Size ?? 0))
            - commit.Deletes.Sum(key => _table.Current(key)?.Size ?? 0) + (commit.Schema is null ? 0 : (schema?.Size ?? 0) - (_schema?.Size ?? 0));
        if (grown > HeldBytes && grown > _charged)
        {
            return (null, grown);
        }

        var pending = new Pending(commit, schema);
        _table.Accept(commit);
        _grants = commit.Grants ?? _grants;
        _schema = commit.Schema is null ? _schema : schema;
        _pending.Add(pending);
        if (!_isWriting)
        {
            _isWriting = true;
            _ = Task.Run(WriteAsync);
        }

        return (pending, 0);
    }

    private RecordCommit CommitOf(RecordRequest request)
    {
        var (version, now, author) = (_table.Accepted + 1, _host.Time.GetUtcNow(), request.Author);
        var id = request.Id == Guid.Empty ? Guid.NewGuid() : request.Id;
        return new RecordCommit(version, id, author, now)
        {
            Puts = [.. request.Writes.Where(write => write.Value is not null).Select(write => Written(write))],
            Deletes = [.. request.Writes.Where(write => write.Value is null && _table.VersionOf(write.Key) > 0).Select(write => write.Key)],
            Grants = request.Grant is { } grant ? With(_grants, grant) : null,
            Schema = request.Operation == RecordOperation.SetSchema ? new RecordSchemaChange(request.Schema) : null,
        };

        Record Written(RecordWrite write)
        {
            var former = _table.Current(write.Key);
            return new Record
            {
                Key = write.Key, Value = write.Value!.Value, Version = version, Transaction = id,
                CreatedBy = former?.CreatedBy ?? author.Client, CreatedAt = former?.CreatedAt ?? now,
                LastModifiedBy = author.Client, ModifiedAt = now, Session = author.Session,
            };
        }
    }

    private static RecordGrant[] With(IReadOnlyList<RecordGrant> grants, RecordGrant grant) =>
    [
        .. grants.Where(other => other.Client != grant.Client),
        .. grant.Access == RecordAccess.None ? Array.Empty<RecordGrant>() : [grant],
    ];

    /// <summary>The answer of a transaction that was made. What one that is repeated deleted is not known any more: what it was to delete.</summary>
    private RecordReply Done(RecordRequest request, long version, IReadOnlyList<string>? deleted)
    {
        lock (_gate)
        {
            return new RecordReply(RecordOutcome.Done)
            {
                Version = version,
                Grants = request.Operation == RecordOperation.Share ? _durableGrants : [],
                Deleted = deleted ?? [.. request.Writes.Where(write => write.Value is null).Select(write => write.Key)],
            };
        }
    }
}
