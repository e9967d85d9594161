namespace OrleansMcp.Benchmarks.Abuse.Attacks;

/// <summary>A namespace that a small request gets a large answer from.</summary>
internal static class LargeRecords
{
    private const int Count = 40;
    private const int ValueBytes = 55_000;

    /// <summary>Hands share sessions, which take an id once at a time.</summary>
    public static byte[] Query(Attacker attacker, int hand) =>
        attacker.Post(hand, Rpc.Call("records_query", """{"namespace":"large","prefix":"","limit":100}""", id: hand + 1));

    public static async Task FillAsync(Attacker attacker, CancellationToken cancellationToken)
    {
        using var connection = await attacker.Target.ConnectAsync(cancellationToken);
        for (var key = 0; key < Count; key++)
        {
            var arguments = $$"""{"namespace":"large","key":"{{key}}","value":"{{new string('a', ValueBytes)}}"}""";
            var reply = await connection.SendAsync(attacker.Post(hand: 0, Rpc.Call("records_put", arguments)));
            if (reply.Json.IndexOf("\"version\":"u8) < 0)
            {
                throw new InvalidDataException($"records_put was answered with {reply}");
            }
        }
    }
}
