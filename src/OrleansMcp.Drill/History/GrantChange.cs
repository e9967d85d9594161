namespace OrleansMcp.Drill.History;

/// <summary>What a grant allows; each includes those before it.</summary>
internal enum Access
{
    None,
    Read,
    Write,
}

/// <summary>An owner shared a namespace, or stopped to.</summary>
internal sealed record GrantChange(Stamp Stamp, Space Space, Party Grantee, Access Access) : Operation(Stamp)
{
    public override string Area => Areas.Grants;

    public override string What => $"share {Space} with {Grantee}: {Access}";
}
