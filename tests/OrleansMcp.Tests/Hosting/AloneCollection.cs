namespace OrleansMcp.Tests.Hosting;

/// <summary>Tests that measure the process run after all others, one at a time.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class AloneCollection
{
    public const string Name = "alone";
}
