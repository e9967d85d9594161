using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using ModelContextProtocol.Server;
using OpenTelemetry;
using OpenTelemetry.Trace;
using Orleans.Hosting;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Library;

/// <summary>An application that exports traces by itself: ours are among them, and name no session.</summary>
public sealed class TelemetryTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)] // An exporter that is not OTLP's: the application lets traces go through grain calls itself.
    public async Task An_applications_own_exporter_gets_our_spans_and_no_key_of_a_session(bool isOtlp)
    {
        var spans = new Spans();
        await using var server = await LibraryServer.StartAsync(
            builder =>
            {
                builder.Services.AddMcpServer().WithTools<Tools>();
                if (!isOtlp)
                {
                    builder.UseOrleans(static silo => silo.AddActivityPropagation());
                }

                builder.Services.AddOpenTelemetry().WithTracing(traces => traces.AddProcessor(spans));
            },
            environment: isOtlp ? new() { ["OTEL_EXPORTER_OTLP_ENDPOINT"] = "http://127.0.0.1:4317" } : null);
        using var client = await server.Client().OpenAsync();
        Assert.Equal("hello", await client.CallTextAsync("hello"));
        await Eventually.Holds(
            () => spans.Seen.Any(span => span.Source.Name == "OrleansMcp") && spans.Seen.Any(span => span.Source.Name.StartsWith("Microsoft.Orleans", StringComparison.Ordinal)),
            "spans of the session and of the grain calls that opened it ended");
        Assert.DoesNotContain(spans.Seen.SelectMany(span => span.TagObjects), tag => tag.Value is string text && text.Contains("acme.s-", StringComparison.Ordinal));
    }

    private sealed class Spans : BaseProcessor<Activity>
    {
        public ConcurrentQueue<Activity> Seen { get; } = [];

        public override void OnEnd(Activity data) => Seen.Enqueue(data);
    }

    [McpServerToolType]
    private sealed class Tools
    {
        [McpServerTool(Name = "hello")]
        public static string Hello() => "hello";
    }
}
