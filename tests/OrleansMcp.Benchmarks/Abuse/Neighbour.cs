using System.Diagnostics;
using OrleansMcp.Benchmarks.Http;
using OrleansMcp.Benchmarks.Load;
using OrleansMcp.Benchmarks.Mcp;

namespace OrleansMcp.Benchmarks.Abuse;

/// <summary>A client that behaves: one session, one connection, <c>echo</c> a hundred times a second at most, one call after the other.</summary>
internal sealed class Neighbour : IDisposable
{
    private const double MicrosecondsPerSecond = 1e6;
    private static readonly TimeSpan s_every = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    private readonly Target _target;
    private readonly EchoCall _call;
    private HttpConnection? _connection;

    private Neighbour(Target target, string session) => (_target, Session, _call) = (target, session, new EchoCall(target, 0, [session]));

    public string Session { get; }

    public static async Task<Neighbour> OpenAsync(Target target, CancellationToken cancellationToken) =>
        new(target, (await Mcp.Sessions.OpenManyAsync(target, 1, cancellationToken))[0]);

    /// <summary>Calls until <paramref name="end"/>.</summary>
    public async Task<NeighbourRound> RunAsync(Task end, CancellationToken cancellationToken)
    {
        var round = new NeighbourRound();
        using var timer = new PeriodicTimer(s_every, TimeProvider.System);
        while (!end.IsCompleted && await timer.WaitForNextTickAsync(cancellationToken))
        {
            var start = Stopwatch.GetTimestamp();
            var failure = await CallAsync(cancellationToken);
            round.Add((long)(Stopwatch.GetElapsedTime(start).TotalSeconds * MicrosecondsPerSecond), failure);
        }

        return round;
    }

    public void Dispose() => _connection?.Dispose();

    /// <summary>One call; what went wrong, if anything did. The next one has a new connection then.</summary>
    private async Task<string?> CallAsync(CancellationToken cancellationToken)
    {
        try
        {
            _connection ??= await _target.ConnectAsync(cancellationToken).WaitAsync(s_patience, TimeProvider.System, cancellationToken);
            var reply = await _connection.SendAsync(_call.Next()).AsTask().WaitAsync(s_patience, TimeProvider.System, cancellationToken);
            return _call.IsRight(reply) ? null : reply.ToString();
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            _connection?.Dispose();
            _connection = null;
            return $"{e.GetType().Name}: {e.Message}";
        }
    }
}
