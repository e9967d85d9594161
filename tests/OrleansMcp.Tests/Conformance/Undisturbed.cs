namespace OrleansMcp.Tests.Conformance;

/// <summary>
/// Runs while no other test does: the suite gives some answers half a second, which the load of other tests could use up.
/// </summary>
[CollectionDefinition(DisableParallelization = true)]
public sealed class Undisturbed;
