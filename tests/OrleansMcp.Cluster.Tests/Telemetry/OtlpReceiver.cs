using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Cluster.Tests.Telemetry;

/// <summary>A collector on a free loopback port that takes OTLP over HTTP and remembers what it got.</summary>
internal sealed class OtlpReceiver : IAsyncDisposable
{
    private readonly WebApplication _application;
    private readonly string _url = $"http://127.0.0.1:{FreePort.Next()}";
    private readonly ConcurrentQueue<(string Path, ProtoMessage Export)> _exports = [];

    private OtlpReceiver()
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore();
        builder.WebHost.UseUrls(_url);
        _application = builder.Build();
        _application.Run(TakeAsync);
    }

    public IEnumerable<OtlpSpan> Spans =>
        from resource in Exports("/v1/traces")
        from scope in resource.Each(2)
        from span in scope.Each(2)
        select new OtlpSpan(ServiceOf(resource), scope.First(1).First(1).Text, span.First(5).Text, span.First(1).Hex, span.First(2).Hex, span.First(4).Hex);

    /// <summary>Meters and their instruments.</summary>
    public IEnumerable<(string Service, string Meter, string Name)> Metrics =>
        from resource in Exports("/v1/metrics")
        from scope in resource.Each(2)
        from metric in scope.Each(2)
        select (ServiceOf(resource), scope.First(1).First(1).Text, metric.First(1).Text);

    /// <summary>The text of records, as people read it.</summary>
    public IEnumerable<string> Logs =>
        from resource in Exports("/v1/logs")
        from scope in resource.Each(2)
        from record in scope.Each(2)
        select record.First(5).First(1).Text;

    /// <summary>All that was exported, as text with gaps.</summary>
    public string Everything => string.Concat(_exports.Select(export => export.Export.Text));

    public static async Task<OtlpReceiver> StartAsync()
    {
        var receiver = new OtlpReceiver();
        await receiver._application.StartAsync();
        return receiver;
    }

    /// <summary>Lets a process export to here, often, under this name.</summary>
    public IReadOnlyDictionary<string, string> VariablesOf(string service) => new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["OTEL_SERVICE_NAME"] = service,
        ["OTEL_EXPORTER_OTLP_ENDPOINT"] = _url,
        ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
        ["OTEL_BSP_SCHEDULE_DELAY"] = "200",
        ["OTEL_BLRP_SCHEDULE_DELAY"] = "200",
        ["OTEL_METRIC_EXPORT_INTERVAL"] = "500",
    };

    public ValueTask DisposeAsync() => _application.DisposeAsync();

    private IEnumerable<ProtoMessage> Exports(string path) => _exports.Where(export => export.Path == path).SelectMany(export => export.Export.Each(1));

    /// <summary>The attribute <c>service.name</c> of a resource.</summary>
    private static string ServiceOf(ProtoMessage resource) =>
        resource.First(1).Each(1).FirstOrDefault(attribute => attribute.First(1).Text == "service.name").First(2).First(1).Text;

    private async Task TakeAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        _exports.Enqueue((context.Request.Path.Value!, new ProtoMessage(body.ToArray())));
    }
}

/// <summary>One step of a trace, as it was exported; ids in hex.</summary>
/// <param name="Service">The name of the process.</param>
/// <param name="Source">The activity source.</param>
/// <param name="Name">What was done.</param>
/// <param name="Trace">The trace.</param>
/// <param name="Id">The step.</param>
/// <param name="Parent">What it is part of; empty for the first.</param>
internal sealed record OtlpSpan(string Service, string Source, string Name, string Trace, string Id, string Parent);
