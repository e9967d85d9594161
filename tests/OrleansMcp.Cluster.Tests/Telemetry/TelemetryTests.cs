using System.Diagnostics;
using System.Net;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Cluster.Tests.Telemetry;

/// <summary>What a gateway and a silo export.</summary>
public sealed class TelemetryTests(ObservedCluster cluster) : IClassFixture<ObservedCluster>
{
    private OtlpReceiver Receiver => cluster.Receiver;

    [Fact]
    public async Task A_request_is_one_trace_from_the_client_through_the_gateway_and_its_grain_to_the_session()
    {
        var (trace, begin) = await CallAsync();
        var path = await PathAsync(trace);
        Assert.Equal(
            [
                "silo OrleansMcp tools/call",
                "silo Microsoft.Orleans.Runtime ISessionGrain/PostAsync",
                "gateway Microsoft.Orleans.Runtime ISessionGrain/PostAsync",
                "gateway Microsoft.AspNetCore POST /mcp",
            ],
            path.Select(step => $"{step.Service} {step.Source} {step.Name}"));
        Assert.Equal(begin, path[^1].Parent);
    }

    [Fact]
    public async Task Traces_are_of_requests_and_name_no_session()
    {
        var (trace, _) = await CallAsync();
        await PathAsync(trace);
        Assert.DoesNotContain(Receiver.Spans, span => span.Parent.Length == 0 && span.Source != "Microsoft.AspNetCore");
        Assert.DoesNotContain(Receiver.Spans, span => span.Name.Contains("readyz", StringComparison.Ordinal));
        Assert.DoesNotContain("acme.s-", Receiver.Everything, StringComparison.Ordinal);
        Assert.DoesNotContain("url.path", Receiver.Everything, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sessions_and_Orleans_are_measured_in_both_processes()
    {
        await CallAsync();
        (string Service, string Meter, string Name)[] expected =
        [
            ("silo", "OrleansMcp", "orleansmcp.requests"),
            ("silo", "Microsoft.Orleans", "orleans-catalog-activations"),
            ("gateway", "Microsoft.Orleans", "orleans-client-connected-gateways"),
            ("gateway", "Microsoft.AspNetCore.Hosting", "http.server.request.duration"),
            ("gateway", "System.Runtime", "dotnet.gc.collections"),
        ];
        await Eventually.Holds(() => !expected.Except(Receiver.Metrics).Any(), "all of them were exported");
    }

    [Fact]
    public async Task Logs_are_exported_as_people_read_them()
    {
        using var owner = await new RawClient(cluster.Url, TestConfiguration.Alice).OpenAsync();
        using var stranger = owner.As(TestConfiguration.Bob);
        (await stranger.PostAsync(Rpc.Request(1, "ping"))).Expect(HttpStatusCode.NotFound);
        await Eventually.Holds(
            () => Receiver.Logs.Any(line => line.Contains("cross_session_attempt", StringComparison.Ordinal)), "what the gateway logged was exported");
    }

    /// <summary>Calls a tool as part of a trace, and returns the trace and the client's step of it.</summary>
    private async Task<(string Trace, string Begin)> CallAsync()
    {
        var (trace, begin) = (ActivityTraceId.CreateRandom().ToHexString(), ActivitySpanId.CreateRandom().ToHexString());
        using var client = await new RawClient(cluster.Url, TestConfiguration.Alice).OpenAsync();
        var reply = await client.PostAsync(
            Rpc.Call(1, "echo", new { text = "hello" }), request => request.Headers.Add("traceparent", $"00-{trace}-{begin}-01"));
        reply.Expect(HttpStatusCode.OK);
        return (trace, begin);
    }

    /// <summary>
    /// The steps from the session's own up to the request, once both processes have exported theirs. A trace may have more: a gateway whose
    /// grain call is not answered soon calls again.
    /// </summary>
    private async Task<List<OtlpSpan>> PathAsync(string trace)
    {
        List<OtlpSpan> path = [];
        await Eventually.Holds(
            () =>
            {
                var spans = Receiver.Spans.Where(span => span.Trace == trace).ToList();
                path.Clear();
                for (var step = spans.Find(span => span.Source == "OrleansMcp"); step is not null; step = spans.Find(span => span.Id == step.Parent))
                {
                    path.Add(step);
                }

                return path is [.., { Source: "Microsoft.AspNetCore" }];
            },
            "the whole path was exported");
        return path;
    }
}
