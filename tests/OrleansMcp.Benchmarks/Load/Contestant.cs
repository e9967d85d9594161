using OrleansMcp.Benchmarks.Mcp;
using OrleansMcp.Benchmarks.Reports;
using OrleansMcp.Benchmarks.Servers;

namespace OrleansMcp.Benchmarks.Load;

/// <summary>A server under one kind of calls, to be measured in turns with others.</summary>
internal sealed class Contestant : IDisposable
{
    private readonly Target _target;
    private readonly string[] _sessions;

    private Contestant(string name, Target target, ProcessReading? clock, string[] sessions, WorkerSet calls)
    {
        (Name, Clock, Calls) = (name, clock, calls);
        (_target, _sessions) = (target, sessions);
    }

    public string Name { get; }

    /// <summary>Its processes; null where they are not known.</summary>
    public ProcessReading? Clock { get; }

    public WorkerSet Calls { get; }

    /// <summary>Opens sessions, each called on a connection of its own.</summary>
    public static async Task<Contestant> WithSessionsAsync(
        string name, Target target, ProcessReading? clock, int sessions, Func<Target, int, string, ICall> make, CancellationToken cancellationToken)
    {
        var ids = await Mcp.Sessions.OpenManyAsync(target, sessions, cancellationToken);
        var calls = await WorkerSet.ConnectAsync(target, sessions, number => make(target, number, ids[number]), cancellationToken);
        return new Contestant(name, target, clock, ids, calls);
    }

    /// <summary>Connections alone, to a server without sessions or for calls that open their own.</summary>
    public static async Task<Contestant> WithoutSessionsAsync(
        string name, ServerProcess server, int connections, Func<Target, int, ICall> make, CancellationToken cancellationToken)
    {
        var calls = await WorkerSet.ConnectAsync(server.Target, connections, number => make(server.Target, number), cancellationToken);
        return new Contestant(name, server.Target, server.Reading, [], calls);
    }

    public Task<LoadResult> RunAsync(TimeSpan runUp, TimeSpan length, CancellationToken cancellationToken) =>
        LoadRun.RunAsync(Calls.Workers, Clock, runUp, length, cancellationToken);

    /// <summary>Tells what was answered wrongly and ends the sessions.</summary>
    public async Task SettleAsync(string scenario, Report report, CancellationToken cancellationToken)
    {
        Calls.Settle($"{scenario}, {Name}", report);
        await Mcp.Sessions.EndManyAsync(_target, _sessions, cancellationToken);
    }

    public void Dispose() => Calls.Dispose();
}
