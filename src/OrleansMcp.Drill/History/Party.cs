namespace OrleansMcp.Drill.History;

/// <summary>A client of a tenant, as the server knows it from the credential.</summary>
internal readonly record struct Party(string Tenant, string Client)
{
    public override string ToString() => $"{Tenant}/{Client}";
}

/// <summary>A namespace of records and the client that owns it.</summary>
internal readonly record struct Space(Party Owner, string Name)
{
    public override string ToString() => $"{Owner}:{Name}";
}
