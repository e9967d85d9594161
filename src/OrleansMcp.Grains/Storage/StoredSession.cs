namespace OrleansMcp.Grains.Storage;

/// <summary>A session's record as grain state, and which activation may write it.</summary>
[GenerateSerializer, Alias("orleansmcp.stored")]
internal sealed class StoredSession
{
    /// <summary>The record, as Core writes it.</summary>
    [Id(0)] public byte[] Record { get; set; } = [];

    /// <summary>Raised by every activation before it serves: whoever wrote under a lower one is fenced off.</summary>
    [Id(1)] public long Epoch { get; set; }

    /// <summary>The activation that wrote this left in order: the record's time of the last message is true.</summary>
    [Id(2)] public bool IsAsleep { get; set; }
}
