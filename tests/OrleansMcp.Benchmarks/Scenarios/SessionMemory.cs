using OrleansMcp.Benchmarks.Load;
using OrleansMcp.Benchmarks.Mcp;
using OrleansMcp.Benchmarks.Reports;
using OrleansMcp.Benchmarks.Servers;

namespace OrleansMcp.Benchmarks.Scenarios;

/// <summary>Resident memory of a server, before and after an induced collection.</summary>
/// <param name="AsIs">What it settles at by itself.</param>
/// <param name="Collected">What it settles at after full collections.</param>
internal readonly record struct SessionMemory(long AsIs, long Collected)
{
    public const int Sessions = 10_000;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    public static async Task<SessionMemory> ReadAsync(ServerProcess server, CancellationToken cancellationToken) => new(
        await server.SettleAsync(s_patience, cancellationToken), await server.SettleCollectedAsync(s_patience, cancellationToken));

    /// <summary>Compiles all paths and ends every session again: what remains belongs to the server and not to sessions.</summary>
    public static async Task<SessionMemory> WarmAsync(ServerProcess server, BenchmarkOptions options, CancellationToken cancellationToken)
    {
        var ids = await Mcp.Sessions.OpenManyAsync(server.Target, 2000 / options.Scale, cancellationToken);
        await EchoOnceAsync(server, ids, report: null, cancellationToken);
        await Mcp.Sessions.EndManyAsync(server.Target, ids, cancellationToken);
        return await ReadAsync(server, cancellationToken);
    }

    /// <summary>Opens sessions, lets each echo once and leaves them alone, without a connection.</summary>
    public static async Task<string[]> OpenIdleAsync(ServerProcess server, int count, Report report, CancellationToken cancellationToken)
    {
        var ids = await Mcp.Sessions.OpenManyAsync(server.Target, count, cancellationToken);
        await EchoOnceAsync(server, ids, report, cancellationToken);
        return ids;
    }

    /// <summary>One <c>echo</c> on each session.</summary>
    public static async Task EchoOnceAsync(ServerProcess server, string[] ids, Report? report, CancellationToken cancellationToken)
    {
        using var connection = await server.Target.ConnectAsync(cancellationToken);
        await using var hangUp = cancellationToken.Register(connection.Dispose);
        ICall call = new EchoCall(server.Target, 0, ids);
        for (var i = 0; i < ids.Length; i++)
        {
            var reply = await connection.SendAsync(call.Next());
            if (!call.IsRight(reply))
            {
                throw new InvalidDataException($"echo was answered with {reply}");
            }
        }

        report?.Checked(ids.Length * 3L);
    }
}
