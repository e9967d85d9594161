using OrleansMcp.Tests.Durability;
using OrleansMcp.Tests.Hosting;
using OrleansMcp.Tests.Infra;

[assembly: TestCollectionOrderer(typeof(ProcessesFirst))]

namespace OrleansMcp.Tests.Hosting;

/// <inheritdoc/>
public sealed class ProcessesFirst() : LongestFirst(typeof(InfraTests), typeof(KillTests), typeof(TerminationTests), typeof(TinyDiskTests));
