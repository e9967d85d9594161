using OrleansMcp.Drill.History;
using OrleansMcp.Drill.Run;

namespace OrleansMcp.Drill.Workloads.Records;

/// <summary>Raises the number in a record by one over the version it read, twice at once: when both read the same version, one must be refused.</summary>
internal sealed class RecordCounterWorkload : RecordWorkload
{
    public const int Keys = 2;

    public override IReadOnlyList<string> Tools => [RecordCalls.Get, RecordCalls.Put];

    public static string Key(int number) => $"{Transaction.CounterPrefix}{number}";

    protected override async Task RunAsync(
        VirtualUser user, UserSession session, RecordSpace space, Random random, CancellationToken cancellationToken)
    {
        var key = Key(random.Next(Keys));
        await Task.WhenAll(IncrementAsync(), IncrementAsync());

        async Task IncrementAsync()
        {
            if (await user.GetAsync(session, space, key, cancellationToken) is { } read)
            {
                await user.PutAsync(session, space, key, read.Version, (read.Count ?? 0) + 1, cancellationToken);
            }
        }
    }
}
