using OrleansMcp.Cluster.Tests.Hosting;
using OrleansMcp.Cluster.Tests.Processes;
using OrleansMcp.Cluster.Tests.Security;
using OrleansMcp.Cluster.Tests.Storage;
using OrleansMcp.Tests.Hosting;

[assembly: TestCollectionOrderer(typeof(ProcessesFirst))]

namespace OrleansMcp.Cluster.Tests.Hosting;

/// <inheritdoc/>
public sealed class ProcessesFirst() : LongestFirst(
    typeof(ShutdownTests), typeof(ClusterShutdownTests), typeof(ContainerEntryTests), typeof(StartTests), typeof(TableAuditTests), typeof(ClusterTlsTests),
    typeof(CustomToolsTests), typeof(IdentityProcessTests));
