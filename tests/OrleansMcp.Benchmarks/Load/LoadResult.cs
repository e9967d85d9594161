namespace OrleansMcp.Benchmarks.Load;

/// <summary>What one measured round came to.</summary>
/// <param name="Calls">Calls answered rightly within the round.</param>
/// <param name="Elapsed">Its length.</param>
/// <param name="ServerCpu">CPU time of the server process, user and system, within it; zero when unknown.</param>
/// <param name="ClientCpu">CPU time of the load generator within it.</param>
/// <param name="MachineCpu">CPU time of everything on this machine within it.</param>
/// <param name="Latencies">All latencies its workers have measured so far.</param>
internal sealed record LoadResult(
    long Calls, TimeSpan Elapsed, TimeSpan ServerCpu, TimeSpan ClientCpu, TimeSpan MachineCpu, Latencies Latencies)
{
    public double PerSecond => Calls / Elapsed.TotalSeconds;

    public double CpuPerCall => Microseconds(ServerCpu);

    public double ClientCpuPerCall => Microseconds(ClientCpu);

    /// <summary>Cores that other processes kept busy: with many, CPU per call says less (batches grow, caches are shared).</summary>
    public double OtherCores => Math.Max(0, (MachineCpu - ServerCpu - ClientCpu) / Elapsed);

    private double Microseconds(TimeSpan time) => Calls == 0 ? 0 : time.TotalMicroseconds / Calls;
}
