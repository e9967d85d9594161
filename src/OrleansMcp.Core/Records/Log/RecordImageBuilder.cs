namespace OrleansMcp.Records.Log;

/// <summary>What transactions leave when they are applied one after the other.</summary>
public sealed class RecordImageBuilder
{
    private readonly Dictionary<string, Record> _records = new(StringComparer.Ordinal);
    private RecordRules _rules = RecordRules.None;
    private IReadOnlyList<KnownTransaction> _recent = [];
    private long _version;

    /// <summary>Whether nothing was ever written.</summary>
    public bool IsBlank => _version == 0;

    /// <summary>Applies a transaction.</summary>
    /// <exception cref="InvalidDataException">It is not the next one.</exception>
    public void Apply(RecordCommit commit, IReadOnlyList<KnownTransaction> recent)
    {
        if (commit.Version != _version + 1)
        {
            throw new InvalidDataException($"Transaction {commit.Version} follows {_version}.");
        }

        foreach (var put in commit.Puts)
        {
            _records[put.Key] = put;
        }

        foreach (var key in commit.Deletes)
        {
            _records.Remove(key);
        }

        (_version, _rules, _recent) = (commit.Version, _rules.After([commit]) ?? _rules, recent);
    }

    /// <summary>The namespace as it is now.</summary>
    public RecordImage Build() => new(_version) { Records = [.. _records.Values], Grants = _rules.Grants, Schema = _rules.Schema, Recent = _recent };
}
