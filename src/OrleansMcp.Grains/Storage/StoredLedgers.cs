namespace OrleansMcp.Grains.Storage;

/// <summary>A tenant's quota ledgers as grain state.</summary>
[GenerateSerializer, Alias("orleansmcp.ledgers")]
internal sealed class StoredLedgers
{
    /// <summary>The record, as Core writes it.</summary>
    [Id(0)] public byte[] Record { get; set; } = [];
}
