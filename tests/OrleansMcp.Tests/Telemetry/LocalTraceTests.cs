using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Telemetry;

/// <summary>A session that lives where its client's requests arrive: no grain is called.</summary>
public sealed class LocalTraceTests(SharedServer shared) : IClassFixture<SharedServer>
{
    [Fact]
    public async Task What_the_session_does_is_part_of_the_request()
    {
        var (trace, spans) = (ActivityTraceId.CreateRandom(), new ConcurrentQueue<Activity>());
        using var listener = new ActivityListener
        {
            ShouldListenTo = static source => source.Name is "OrleansMcp" or "Microsoft.AspNetCore",
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = span =>
            {
                if (span.TraceId == trace)
                {
                    spans.Enqueue(span);
                }
            },
        };
        ActivitySource.AddActivityListener(listener);
        using var client = await shared.Server.Client().OpenAsync();
        var reply = await client.PostAsync(
            Rpc.Call(1, "echo", new { text = "hello" }), request => request.Headers.Add("traceparent", $"00-{trace}-{ActivitySpanId.CreateRandom()}-01"));
        reply.Expect(HttpStatusCode.OK);
        await Eventually.Holds(() => spans.Count == 2, "both steps were over");
        Assert.Equal(("OrleansMcp", "tools/call"), (spans.First().Source.Name, spans.First().OperationName));
        Assert.Equal(("Microsoft.AspNetCore", spans.First().ParentSpanId), (spans.Last().Source.Name, spans.Last().SpanId));
    }
}
