using System.Globalization;
using System.Text.Json.Nodes;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Durability;

/// <summary>A session that writes rising numbers to one record without pause, and remembers the last that was acknowledged.</summary>
internal sealed class RecordWriter : IWriter
{
    private readonly RawClient _client;
    private readonly string _namespace;
    private readonly string _key;
    private long _sent;
    private long _last;
    private long _acknowledged;

    private RecordWriter(RawClient client, string name, string key) => (_client, _namespace, _key) = (client, name, key);

    public long Acknowledged => Interlocked.Read(ref _acknowledged);

    public static async Task<RecordWriter> OpenAsync(Uri url, string name, string key) =>
        new(await PatientClient.OpenAsync(url), name, key);

    public async Task RunAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            var value = ++_sent;
            if (await CallAsync("records_put", new { @namespace = _namespace, key = _key, value }) is not null)
            {
                _last = value;
                Interlocked.Increment(ref _acknowledged);
            }
        }
    }

    /// <summary>What is there is what was acknowledged last, or one that was sent after it and never answered.</summary>
    public async Task CheckAsync()
    {
        var reply = Assert.IsType<JsonNode>(await CallAsync("records_get", new { @namespace = _namespace, key = _key }), exactMatch: false);
        var found = (long)reply["record"]!["value"]!;
        Assert.True(found >= _last && found <= _sent, string.Create(CultureInfo.InvariantCulture, $"{_namespace}/{_key}: {found}, acknowledged {_last}, sent {_sent}"));
    }

    public void Dispose() => _client.Dispose();

    private async Task<JsonNode?> CallAsync(string tool, object arguments)
    {
        try
        {
            var reply = await _client.CallAsync(tool, arguments);
            return reply.Status == System.Net.HttpStatusCode.OK && !reply.ToolFailed ? reply.Result["structuredContent"] : null;
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            await Task.Delay(100); // until a server that is gone is asked again
            return null;
        }
    }
}
