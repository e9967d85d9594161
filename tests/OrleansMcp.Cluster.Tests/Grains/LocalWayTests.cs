using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans.GrainDirectory;
using Orleans.Runtime;
using OrleansMcp.Cluster.Tests.Engine;
using OrleansMcp.Grains.Directory;
using OrleansMcp.Grains.Sessions;
using OrleansMcp.Protocol;
using OrleansMcp.Sessions;
using OrleansMcp.Tests.Engine;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Cluster.Tests.Grains;

/// <summary>When a session that lives in this process may be called without its grain, and when not.</summary>
public sealed class LocalWayTests : IAsyncLifetime
{
    private static readonly Caller s_alice = new("acme", "alice", "alice");
    private static readonly TimeSpan s_trusted = TimeSpan.FromSeconds(10);

    private ClusterEngine _engine = null!;
    private EngineClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _engine = (ClusterEngine)await ClusterEngine.StartLocalAsync(TestConfiguration.With());
        _client = await ((IEngine)_engine).OpenAsync(s_alice);
    }

    public ValueTask DisposeAsync() => _engine.DisposeAsync();

    [Fact]
    public async Task A_session_of_this_process_is_found_here_and_answers()
    {
        Assert.NotNull(Local().Find(_client.Key));
        Assert.IsType<LocalSession>(_engine.Directory(0).Get(_client.Key));
        Assert.Equal(1, await _client.IncrementAsync());
    }

    [Fact]
    public void A_session_that_is_nowhere_is_not_found() => Assert.Null(Local().Find(SessionKey.OfSession("acme", [9])));

    [Theory]
    [InlineData(SiloStatus.Joining)]
    [InlineData(SiloStatus.ShuttingDown)]
    [InlineData(SiloStatus.Stopping)]
    [InlineData(SiloStatus.Dead)]
    public void A_silo_that_is_no_active_member_of_its_cluster_serves_nothing_without_the_grain(SiloStatus status) =>
        Assert.Null(Local(status: status).Find(_client.Key));

    [Fact]
    public async Task An_activation_that_was_not_written_for_ten_seconds_is_looked_up_first()
    {
        var directory = new Directory(Here.GetRequiredKeyedService<IGrainDirectory>(GrainDirectoryAttribute.DEFAULT_GRAIN_DIRECTORY));
        _engine.Time.Advance(s_trusted);
        Assert.Null(Local(directory).Find(_client.Key));
        await Eventually.Holds(() => Local(directory).Find(_client.Key) is not null, "the directory confirmed it");
        Assert.Equal(1, directory.Asked);
    }

    [Fact]
    public async Task A_write_confirms_an_activation_as_well()
    {
        _engine.Time.Advance(s_trusted * 0.9);
        Assert.Equal(1, await _client.IncrementAsync());
        _engine.Time.Advance(s_trusted * 0.9);
        Assert.NotNull(Local(new Directory(null)).Find(_client.Key));
    }

    [Fact]
    public async Task An_activation_that_the_directory_does_not_name_leaves_and_the_session_goes_on_in_the_next_one()
    {
        Assert.Equal(1, await _client.IncrementAsync());
        var former = Local().Find(_client.Key);
        _engine.Time.Advance(s_trusted);
        Assert.Null(Local(new Directory(null)).Find(_client.Key));
        await Eventually.Holds(() => Here.GetRequiredService<Activations>().Find(_client.Key)?.Session != former, "the activation left");
        Assert.Equal(2, await _client.IncrementAsync());
    }

    [Fact]
    public async Task A_directory_that_does_not_answer_confirms_nothing()
    {
        _engine.Time.Advance(s_trusted);
        var directory = new Directory(null) { Failure = new TimeoutException() };
        Assert.Null(Local(directory).Find(_client.Key));
        await Eventually.Holds(() => directory.Asked == 1, "it was asked");
        Assert.Null(Local(directory).Find(_client.Key));
        Assert.Equal(1, await _client.IncrementAsync()); // through the grain
    }

    [Fact]
    public async Task A_request_that_was_found_here_before_the_session_left_memory_goes_on_through_the_grain()
    {
        var reference = Reference();
        await ((IEngine)_engine).SendToSleepAsync();
        Assert.Contains("\"text\":\"1\"", await PostAsync(reference, Rpc.Call(7, "engine_increment")), StringComparison.Ordinal);
        Assert.NotNull(await reference.EndAsync(s_alice, default));
    }

    [Fact]
    public async Task A_call_whose_session_leaves_while_it_runs_goes_on_elsewhere_and_does_nothing_twice()
    {
        var reference = Reference();
        var gate = _engine.Gates[GatedIncrement.Tool];
        var calling = PostAsync(reference, Rpc.Call(7, GatedIncrement.Tool));
        await gate.Entered;
        Here.GetRequiredService<Activations>().Find(_client.Key)!.Leave("The test wants it.");
        await gate.Cancelled;
        gate.Open();
        Assert.Contains("\"text\":\"1\"", await calling.InTime("the call was answered"), StringComparison.Ordinal);
        Assert.Equal(2, await _client.IncrementAsync());
    }

    [Fact]
    public async Task A_request_that_its_client_named_counts_once_however_often_it_is_sent()
    {
        var call = Rpc.Request(7, "tools/call", new Dictionary<string, object>
        {
            ["name"] = "engine_increment", ["arguments"] = new { }, ["_meta"] = new Dictionary<string, object> { [DeliveryMeta.Key] = Guid.NewGuid() },
        });
        Assert.Contains("\"text\":\"1\"", await PostAsync(Reference(), call), StringComparison.Ordinal);
        Assert.Contains("\"text\":\"1\"", await PostAsync(Reference(), call), StringComparison.Ordinal);
        Assert.Equal(2, await _client.IncrementAsync());
    }

    private LocalSession Reference() => Assert.IsType<LocalSession>(_engine.Directory(0).Get(_client.Key));

    private static async Task<string> PostAsync(LocalSession reference, string request)
    {
        Assert.True(OrleansMcp.Protocol.McpMessageParser.TryParse(System.Text.Encoding.UTF8.GetBytes(request), out var message, out _));
        var reply = await reference.PostAsync(s_alice, message, new PostOptions(AcceptsStream: false), default);
        return System.Text.Encoding.UTF8.GetString(reply.Body.Span);
    }

    private IServiceProvider Here => _engine.Cluster.Silos[0];

    private LocalSessions Local(IGrainDirectory? directory = null, SiloStatus status = SiloStatus.Active) => new(
        Here.GetRequiredService<Activations>(), Way(directory, status));

    private LocalWay Way(IGrainDirectory? directory = null, SiloStatus status = SiloStatus.Active) => new(
        Oracle.Saying(status),
        directory ?? Here.GetRequiredKeyedService<IGrainDirectory>(GrainDirectoryAttribute.DEFAULT_GRAIN_DIRECTORY), NullLogger<LocalWay>.Instance);

    /// <summary>Says of this silo what the test says, and of others nothing.</summary>
    public class Oracle : DispatchProxy
    {
        private SiloStatus _status;

        public static ISiloStatusOracle Saying(SiloStatus status)
        {
            var oracle = Create<ISiloStatusOracle, Oracle>();
            ((Oracle)(object)oracle)._status = status;
            return oracle;
        }

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) =>
            targetMethod!.Name == "get_CurrentStatus" ? _status : throw new NotSupportedException(targetMethod.Name);
    }

    /// <summary>Counts look-ups, and names nobody where there is no directory behind it.</summary>
    private sealed class Directory(IGrainDirectory? real) : IGrainDirectory
    {
        private int _asked;

        public int Asked => Volatile.Read(ref _asked);

        public Exception? Failure { get; init; }

        public async Task<GrainAddress?> Lookup(GrainId grainId)
        {
            Interlocked.Increment(ref _asked);
            return Failure is { } failure ? throw failure : real is null ? null : await real.Lookup(grainId);
        }

        public Task<GrainAddress?> Register(GrainAddress address) => throw new NotSupportedException();

        public Task Unregister(GrainAddress address) => throw new NotSupportedException();

        public Task UnregisterSilos(List<SiloAddress> siloAddresses) => throw new NotSupportedException();
    }
}
