namespace OrleansMcp.Drill.History;

/// <summary>A client of a tenant, as the server knows it from the credential.</summary>
internal readonly record struct DrillClient(string Tenant, string Name)
{
    public override string ToString() => $"{Tenant}/{Name}";
}
