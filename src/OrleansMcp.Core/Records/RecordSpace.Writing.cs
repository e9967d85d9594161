using OrleansMcp.Records.Log;

namespace OrleansMcp.Records;

/// <summary>Makes accepted transactions durable, in batches and in their order, and settles each with what the store said.</summary>
public sealed partial class RecordSpace
{
    private async Task WriteAsync()
    {
        while (true)
        {
            Pending[] batch;
            IReadOnlyList<KnownTransaction> recent;
            lock (_gate)
            {
                batch = NextBatchLocked();
                if (batch.Length == 0)
                {
                    _isWriting = false;
                    return;
                }

                recent = _known.With(batch.Select(one => one.Commit).Select(Known));
            }

            var problem = await AppendAsync([.. batch.Select(one => one.Commit)], recent);
            Settle(batch, problem);
        }
    }

    /// <summary>As many as one atomic write takes, in their order.</summary>
    private Pending[] NextBatchLocked()
    {
        var (count, changes, bytes) = (0, 0, 0L);
        foreach (var pending in _pending)
        {
            (changes, bytes) = (changes + pending.Commit.Changes, bytes + pending.Commit.Bytes);
            if (count > 0 && (changes > RecordLimits.Writes || bytes > 2L * RecordLimits.TransactionBytes))
            {
                break;
            }

            count++;
        }

        return [.. _pending.Take(count)];
    }

    private async Task<Exception?> AppendAsync(RecordCommit[] commits, IReadOnlyList<KnownTransaction> recent)
    {
        try
        {
            await _log.AppendAsync(commits, recent);
            return null;
        }
        catch (RecordLogForeignException e)
        {
            RaiseForeign(e, commits[0].Author);
            return e;
        }
        catch (Exception e)
        {
            // Only a confirmed write counts. After an exception that is no IOException, the state of the store is unknown too.
            IsLost |= e is RecordLogLostException or not IOException;
            if (_host.Logged.Admits("not written", _key.Tenant, _key.Owner, _host.Time.GetUtcNow(), out var suppressed))
            {
                LogNotWritten(_host.Logger, e, _key.Value, suppressed);
            }

            return e;
        }
    }

    private void Settle(Pending[] batch, Exception? problem)
    {
        Pending[] settled;
        long freed;
        lock (_gate)
        {
            settled = problem is null ? batch : [.. _pending];
            var commits = settled.Select(one => one.Commit);
            if (problem is null)
            {
                _table.Confirm(commits, _host.Time.GetUtcNow());
                foreach (var one in settled)
                {
                    _durableGrants = one.Commit.Grants ?? _durableGrants;
                    _durableSchema = one.Commit.Schema is null ? _durableSchema : one.Schema;
                    _known.Add(Known(one.Commit));
                }
            }
            else
            {
                _table.TakeBack(commits);
                _grants = _durableGrants;
                _schema = _durableSchema;
            }

            _pending.RemoveRange(0, settled.Length);
            freed = _charged - HeldBytes;
        }

        foreach (var one in settled)
        {
            one.Outcome.SetResult(problem is null ? RecordOutcome.Done : RecordOutcome.Unavailable);
            if (problem is null)
            {
                _host.Wrote(_key);
            }
        }

        if (freed >= RecordHost.WorthGivingBack && problem is null)
        {
            _ = GiveBackAsync();
        }
    }

    /// <summary>Returns what deletions left over. Nothing that is accepted meanwhile may rest on it.</summary>
    private async Task GiveBackAsync()
    {
        long bytes;
        lock (_gate)
        {
            bytes = HeldBytes + RecordHost.Spare;
            if (_charged <= bytes)
            {
                return;
            }

            _charged = bytes;
        }

        await _host.ChargedAsync(_key, bytes);
    }

    private static KnownTransaction Known(RecordCommit commit) => new(commit.Id, commit.Version, commit.At);
}
