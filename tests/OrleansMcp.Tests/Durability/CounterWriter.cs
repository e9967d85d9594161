using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Durability;

/// <summary>A session that increments without pause and remembers what was acknowledged.</summary>
internal sealed class CounterWriter : IWriter
{
    private readonly RawClient _client;
    private readonly List<long> _acknowledged = [];
    private long _attempts;

    private CounterWriter(RawClient client) => _client = client;

    public long Acknowledged
    {
        get
        {
            lock (_acknowledged)
            {
                return _acknowledged.Count;
            }
        }
    }

    public static async Task<CounterWriter> OpenAsync(Uri url) => new(await PatientClient.OpenAsync(url));

    public async Task RunAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            await TryIncrementAsync();
        }
    }

    public async Task CheckAsync()
    {
        Assert.True(await TryIncrementAsync(), "The session no longer answers.");

        // Strictly rising: none doubled, and none taken back by a later life. Never more than was sent: none made up.
        Assert.All(_acknowledged.Zip(_acknowledged.Skip(1)), pair => Assert.True(pair.First < pair.Second, $"{pair.First} then {pair.Second}"));
        Assert.True(_acknowledged[^1] <= _attempts, $"{_acknowledged[^1]} after {_attempts} attempts");
        Assert.True(_acknowledged[^1] >= _acknowledged.Count, $"{_acknowledged[^1]} after {_acknowledged.Count} acknowledgements");
    }

    public void Dispose() => _client.Dispose();

    private async Task<bool> TryIncrementAsync()
    {
        Interlocked.Increment(ref _attempts);
        try
        {
            var reply = await _client.CallAsync("increment");
            Assert.NotEqual(System.Net.HttpStatusCode.NotFound, reply.Status);
            if (reply.Status != System.Net.HttpStatusCode.OK || reply.ToolFailed)
            {
                return false;
            }

            lock (_acknowledged)
            {
                _acknowledged.Add(DemoTools.Counter(reply.ToolText));
            }

            return true;
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            await Task.Delay(100); // until a server that is gone is asked again
            return false;
        }
    }
}
