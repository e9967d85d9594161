using System.Text;

namespace OrleansMcp.Tests.Hostile.Corpus;

/// <summary>Good requests with bytes changed, added, dropped and repeated at random; the same ones every time.</summary>
internal static class Mutations
{
    private const int Seed = 20260728;
    private const int OfBodies = 600;
    private const int OfRequests = 400;

    public static IEnumerable<HostileRequest> Of(Target target)
    {
        var random = new Random(Seed);
        Func<RequestText>[] requests =
        [
            () => target.Post(target.Scratch).Body(Target.Echo),
            () => target.Modern("tools/call", "echo").Body(Target.ModernEcho),
            () => target.Opening().Body(Target.Initialize),
            () => target.PostLegacy().Body($"[{Target.Echo},{Target.Ping}]"),
        ];
        string[] bodies = [Target.Echo, Target.ModernEcho, Target.Initialize, $"[{Target.Echo},{Target.Ping}]"];
        for (var number = 0; number < OfBodies; number++)
        {
            var which = number % bodies.Length;
            var body = Mutate(random, Encoding.UTF8.GetBytes(bodies[which]));
            yield return new($"mutated body {number}", requests[which]().Body(body).ToBytes(), Expectation.Anything);
        }

        for (var number = 0; number < OfRequests; number++)
        {
            var request = Mutate(random, requests[number % requests.Length]().ToBytes());

            // 505 is for a version of HTTP that a mutation made up.
            yield return new($"mutated request {number}", request, Expectation.Http([.. Enumerable.Range(200, 300), 505]), Farewell.HangsUp);
        }
    }

    private static byte[] Mutate(Random random, byte[] bytes)
    {
        var result = bytes.ToList();
        for (var times = random.Next(1, 4); times > 0; times--)
        {
            var at = random.Next(result.Count);
            var length = Math.Min(random.Next(1, 9), result.Count - at);
            switch (random.Next(6))
            {
                case 0:
                    result[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    result[at] = (byte)random.Next(256);
                    break;
                case 2:
                    result.RemoveRange(at, Math.Min(length, result.Count - 1));
                    break;
                case 3:
                    result.InsertRange(at, result.GetRange(at, length));
                    break;
                case 4:
                    var other = random.Next(result.Count);
                    (result[at], result[other]) = (result[other], result[at]);
                    break;
                default:
                    result.InsertRange(at, "{}[]\",:\\\0\r\n 0eE-"u8.ToArray().AsSpan(random.Next(16), 1).ToArray());
                    break;
            }
        }

        return [.. result];
    }
}
