namespace OrleansMcp.Benchmarks.Abuse;

/// <summary>Requests without a pause, each sent when the former is answered; hands have connections of their own and share sessions.</summary>
internal abstract class Flood : IAttack
{
    public abstract string Name { get; }

    public virtual int Hands => 32;

    public virtual string Protocol => Mcp.Target.Version;

    public virtual Task PrepareAsync(Attacker attacker, CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task AttackAsync(Attacker attacker, int hand, CancellationToken end)
    {
        using var connection = await attacker.Target.ConnectAsync(end);
        await using var hangUp = end.Register(connection.Dispose);
        var next = Requests(attacker, hand);
        while (!end.IsCancellationRequested)
        {
            attacker.Counts.Sent();
            attacker.Counts.IsRefusal(await connection.SendAsync(next()));
        }
    }

    /// <summary>The requests of one connection: each call gives the next.</summary>
    protected abstract Func<byte[]> Requests(Attacker attacker, int hand);

    /// <summary>The same request again and again.</summary>
    protected static Func<byte[]> Always(byte[] request) => () => request;
}
