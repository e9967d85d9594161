using System.Diagnostics;
using System.Net;
using System.Text.Json.Nodes;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Cluster.Tests.Processes;

/// <summary>
/// One session that increments again and again through all gateways in turn, and knows what its counter must be: a request is named, sent
/// again when the server says that it may be, and counted once.
/// </summary>
internal sealed class Writer : IDisposable
{
    private readonly RawClient[] _gateways;
    private readonly List<string> _faults = [];
    private long _counter;
    private int _turn;
    private int _uncertain;
    private long _answeredAt = Stopwatch.GetTimestamp();

    private Writer(RawClient[] gateways) => _gateways = gateways;

    public long Acknowledged => Interlocked.Read(ref _counter);

    /// <summary>What went wrong: a lost session, a counter that is off, an answer that nobody can act on.</summary>
    public IReadOnlyList<string> Faults => _faults;

    /// <summary>Answers that told the client to send the request again.</summary>
    public int Retried { get; private set; }

    /// <summary>Tool errors that said the store failed.</summary>
    public int Refused { get; private set; }

    /// <summary>The longest a single HTTP request took.</summary>
    public TimeSpan Longest { get; private set; }

    /// <summary>Since when nothing was acknowledged.</summary>
    public long AnsweredAt => Volatile.Read(ref _answeredAt);

    public static async Task<Writer> OpenAsync(IReadOnlyList<Uri> gateways, string key = TestConfiguration.Alice)
    {
        var first = await PatientClient.OpenAsync(gateways[0], key);
        return new Writer([first, .. gateways.Skip(1).Select(url =>
            new RawClient(url, key) { SessionId = first.SessionId, Version = first.Version })]);
    }

    public async Task RunAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested && _faults.Count == 0)
        {
            await IncrementAsync();

            // A table emulator on a small machine takes some two hundred writes a second; an eighth of that leaves time for what is tested.
            await Task.Delay(600, CancellationToken.None);
        }
    }

    /// <summary>One increment, however often it must be sent.</summary>
    public async Task IncrementAsync()
    {
        var body = Body(Guid.NewGuid());
        var watch = Stopwatch.StartNew();
        while (watch.Elapsed < TimeSpan.FromSeconds(60))
        {
            switch (await SendAsync(body))
            {
                case Outcome.Done:
                    return;
                case Outcome.Retry:
                    Retried++;
                    await Task.Delay(20);
                    break;
                case Outcome.Refused:
                    Refused++;
                    await Task.Delay(50);
                    break;
                default:
                    return;
            }
        }

        _faults.Add("An increment was not acknowledged within 60 s.");
    }

    /// <summary>A call that needs no write.</summary>
    public async Task EchoAsync()
    {
        var reply = await Next().CallAsync("echo", new { text = "there" });
        Assert.True(reply.Status == HttpStatusCode.OK && reply.Answer["error"] is null && reply.ToolText == "there", $"{reply.Status} {reply.Text}");
    }

    public void Dispose()
    {
        foreach (var gateway in _gateways)
        {
            gateway.Dispose();
        }
    }

    private enum Outcome
    {
        Done,
        Retry,
        Refused,
        Fault,
    }

    private RawClient Next() => _gateways[_turn++ % _gateways.Length];

    private static string Body(Guid name)
    {
        var call = JsonNode.Parse(Rpc.Call(Random.Shared.Next(1, int.MaxValue), "increment", new { by = 1 }))!;
        call["params"]!["_meta"] = new JsonObject { ["orleansmcp/delivery"] = name.ToString() };
        return call.ToJsonString();
    }

    private async Task<Outcome> SendAsync(string body)
    {
        var watch = Stopwatch.StartNew();
        try
        {
            var reply = await Next().PostAsync(body);
            if (reply.IsStream && !reply.Events.Any(item => item.IsAnswer))
            {
                _faults.Add($"A stream without an answer after {watch.Elapsed.TotalSeconds:0.0} s: {reply.Text}");
                return Outcome.Fault;
            }

            return Judge(reply);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            // A gateway that went away: the request is named, so it can be sent again.
            return Outcome.Retry;
        }
        finally
        {
            if (watch.Elapsed > Longest)
            {
                Longest = watch.Elapsed;
            }
        }
    }

    private Outcome Judge(RawReply reply)
    {
        switch (reply.Status)
        {
            case HttpStatusCode.OK when reply.Answer["error"] is null && !reply.ToolFailed:
                Take(DemoTools.Counter(reply.ToolText));
                return _faults.Count == 0 ? Outcome.Done : Outcome.Fault;
            case HttpStatusCode.OK when reply.Answer["error"] is null:
                _uncertain = 1;
                return Outcome.Refused;
            case HttpStatusCode.OK when IsRetryable(reply):
                return Outcome.Retry;
            case HttpStatusCode.ServiceUnavailable when IsRetryable(reply):
                return Outcome.Retry;
            default:
                _faults.Add($"{(int)reply.Status}: {reply.Text}");
                return Outcome.Fault;
        }
    }

    private static bool IsRetryable(RawReply reply) =>
        reply.Answer["error"]?["data"]?["retryable"] is not JsonValue said || said.GetValue<bool>();

    private void Take(long value)
    {
        // Named deliveries count once, whatever happened to their answers. A write that the store did not confirm may count as well: it
        // has the name of the request that is sent again, so even then the next value is the only right one.
        if (value != _counter + 1)
        {
            _faults.Add($"The counter went from {_counter} to {value} (uncertain: {_uncertain}).");
        }

        _uncertain = 0;
        Interlocked.Exchange(ref _counter, value);
        Volatile.Write(ref _answeredAt, Stopwatch.GetTimestamp());
    }
}
