namespace OrleansMcp.Drill.History;

/// <summary>What a grant allows; each level includes those before it.</summary>
internal enum Access
{
    None,
    Read,
    Write,
}

/// <summary>An owner shared a namespace with a grantee, or took the grant back.</summary>
internal sealed record GrantChange(Stamp Stamp, RecordSpace Space, DrillClient Grantee, Access Access) : Operation(Stamp)
{
    public override string Area => Areas.Grants;

    public override string Description => $"share {Space} with {Grantee}: {Access}";
}
