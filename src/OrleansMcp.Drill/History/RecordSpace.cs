namespace OrleansMcp.Drill.History;

/// <summary>A namespace of records and the client that owns it.</summary>
internal readonly record struct RecordSpace(DrillClient Owner, string Name)
{
    public override string ToString() => $"{Owner}:{Name}";
}
