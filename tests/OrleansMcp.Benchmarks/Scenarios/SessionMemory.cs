using OrleansMcp.Benchmarks.Load;
using OrleansMcp.Benchmarks.Mcp;
using OrleansMcp.Benchmarks.Reports;
using OrleansMcp.Benchmarks.Servers;

namespace OrleansMcp.Benchmarks.Scenarios;

/// <summary>Memory of a server that is left alone.</summary>
/// <param name="Resident">VmRSS once it stands still, before anybody collects.</param>
/// <param name="Live">Live objects on the managed heap, after full collections.</param>
internal readonly record struct SessionMemory(long Resident, long Live)
{
    public const int Sessions = 10_000;

    public const string How = "VmRSS once memory and CPU time stand still, garbage included, since an idle process does not collect by itself; "
        + "then live objects on the managed heap after two induced full collections.";

    private const int WarmUpSessions = 100;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    public static async Task<SessionMemory> ReadAsync(ServerProcess server, CancellationToken cancellationToken) => new(
        await server.SettleAsync(s_patience, cancellationToken), await ManagedHeap.LiveBytesAsync(server.Id, cancellationToken));

    /// <summary>
    /// The server after a few sessions have come and gone, so that code which every server compiles is not charged to sessions. Few, so that
    /// what garbage they leave does not hide what sessions cost later.
    /// </summary>
    /// <param name="server">Where sessions live.</param>
    /// <param name="target">Where they are reached.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<SessionMemory> EmptyAsync(ServerProcess server, Target target, CancellationToken cancellationToken)
    {
        var ids = await Mcp.Sessions.OpenManyAsync(target, WarmUpSessions, cancellationToken);
        await EchoOnceAsync(target, ids, report: null, cancellationToken);
        await Mcp.Sessions.EndManyAsync(target, ids, cancellationToken);
        return await ReadAsync(server, cancellationToken);
    }

    /// <summary>What <paramref name="count"/> sessions added to <paramref name="before"/>, each.</summary>
    public (double Resident, double Live) Each(SessionMemory before, int count) =>
        ((Resident - before.Resident) / (double)count, (Live - before.Live) / (double)count);

    /// <summary>Opens sessions, lets each echo once and leaves them alone, without a connection.</summary>
    public static async Task<string[]> OpenIdleAsync(Target target, int count, Report report, CancellationToken cancellationToken)
    {
        var ids = await Mcp.Sessions.OpenManyAsync(target, count, cancellationToken);
        await EchoOnceAsync(target, ids, report, cancellationToken);
        return ids;
    }

    /// <summary>One <c>echo</c> on each session.</summary>
    public static async Task EchoOnceAsync(Target target, string[] ids, Report? report, CancellationToken cancellationToken)
    {
        using var connection = await target.ConnectAsync(cancellationToken);
        await using var hangUp = cancellationToken.Register(connection.Dispose);
        ICall call = new EchoCall(target, 0, ids);
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
