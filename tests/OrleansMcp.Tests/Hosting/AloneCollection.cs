namespace OrleansMcp.Tests.Hosting;

/// <inheritdoc cref="Alone"/>
[CollectionDefinition(Alone.Collection, DisableParallelization = true)]
public sealed class AloneCollection;
