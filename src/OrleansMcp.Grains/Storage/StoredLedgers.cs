namespace OrleansMcp.Grains.Storage;

/// <summary>A tenant's quota ledgers as grain state.</summary>
[GenerateSerializer, Alias("orleansmcp.ledgers")]
internal sealed class StoredLedgers
{
    /// <summary>The record, as Core writes it.</summary>
    [Id(0)] public byte[] Record { get; set; } = [];

    /// <summary>Whose ledgers they are: those of another tenant in this one's row are none.</summary>
    [Id(1)] public string Tenant { get; set; } = "";
}
