using OrleansMcp.Drill.History;
using OrleansMcp.Drill.Run;

namespace OrleansMcp.Drill.Workloads.Records;

/// <summary>Reads a record and replaces it on condition that its version is still current, or puts one without a condition.</summary>
internal sealed class PutWorkload : RecordWorkload
{
    private const int Keys = 4;

    public override IReadOnlyList<string> Tools => [RecordCalls.Get, RecordCalls.Put];

    public static string Key(int number) => $"k-{number % Keys}";

    protected override async Task RunAsync(
        VirtualUser user, UserSession session, RecordSpace space, Random random, CancellationToken cancellationToken)
    {
        var (key, reads) = (Key(random.Next(Keys)), random.NextDouble() < 0.6);
        if (!reads)
        {
            await user.PutAsync(session, space, key, expected: null, count: null, cancellationToken);
        }
        else if (await user.GetAsync(session, space, key, cancellationToken) is { } read)
        {
            await user.PutAsync(session, space, key, read.Version, count: null, cancellationToken);
        }
    }
}
