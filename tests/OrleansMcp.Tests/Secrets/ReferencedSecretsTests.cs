using System.Collections.Concurrent;
using OrleansMcp.Secrets;
using OrleansMcp.Secrets.References;
using OrleansMcp.Tests.Hosting;
using OrleansMcp.Tests.Sessions;
using OrleansMcp.Tools;

namespace OrleansMcp.Tests.Secrets;

public sealed class ReferencedSecretsTests
{
    private readonly SessionBench _bench = new();
    private readonly TestSource _source = new();

    public ReferencedSecretsTests() => _bench.SecretSources.Add(_source);

    [Fact]
    public async Task Nothing_is_read_for_a_client_without_secrets_of_the_operators()
    {
        Assert.True(_bench.References.EnsureReadAsync(CancellationToken.None).IsCompletedSuccessfully);
        await EnsureAsync();
        Assert.Equal(0, _source.Readings);
        Assert.Null(_bench.Vault.Find());
    }

    [Fact]
    public async Task What_the_configuration_names_is_in_the_vault_before_the_first_call_goes_on()
    {
        _bench.Reserve("token");
        await EnsureAsync();
        Assert.Equal("place of token 1", Shown("token"));
        Assert.True(_bench.References.EnsureReadAsync(CancellationToken.None).IsCompletedSuccessfully);
        Assert.Equal(1, _source.Readings);
    }

    [Fact]
    public async Task A_secret_that_was_rotated_arrives()
    {
        _bench.Reserve("token");
        await EnsureAsync();
        _bench.Time.Advance(TimeSpan.FromMinutes(5));
        await EnsureAsync();
        Assert.Equal("place of token 2", Shown("token"));
    }

    [Fact]
    public async Task A_secret_that_cannot_be_read_is_tried_again_soon_and_the_former_one_stays()
    {
        _bench.Reserve("token");
        await EnsureAsync();
        _source.Fails = true;
        _bench.Time.Advance(TimeSpan.FromMinutes(5));
        await EnsureAsync();
        Assert.Equal("place of token 1", Shown("token"));
        await EnsureAsync();
        Assert.Equal(2, _source.Readings);

        _source.Fails = false;
        _bench.Time.Advance(TimeSpan.FromSeconds(10));
        await EnsureAsync();
        Assert.Equal("place of token 3", Shown("token"));
    }

    [Fact]
    public async Task One_secret_that_cannot_be_read_keeps_no_other_away()
    {
        _bench.Reserve("bad", "good");
        _source.Unreadable = "place of bad";
        await EnsureAsync();
        Assert.False(Tool.Has("bad"));
        Assert.True(Tool.Has("good"));
    }

    [Fact]
    public async Task Another_configuration_counts_at_once_and_what_it_does_not_name_is_gone()
    {
        _bench.Reserve("token", "other");
        await EnsureAsync();
        _bench.Reserve("token");
        await EnsureAsync();
        Assert.Equal((true, false), (Tool.Has("token"), Tool.Has("other")));
        _bench.Reserve();
        await EnsureAsync();
        Assert.False(Tool.Has("token"));
    }

    [Fact]
    public async Task Calls_that_come_at_once_share_one_reading()
    {
        _bench.Reserve("token");
        var held = _source.Held = new Gate();
        var (first, second) = (EnsureAsync(), EnsureAsync());
        await held.Entered;
        held.Open();
        await Task.WhenAll(first, second).InTime("both went on");
        Assert.Equal(1, _source.Readings);
    }

    [Fact]
    public async Task A_call_that_is_cancelled_waits_no_longer_and_the_reading_goes_on()
    {
        _bench.Reserve("token");
        var held = _source.Held = new Gate();
        using var cancellation = new CancellationTokenSource();
        var waiting = _bench.References.EnsureReadAsync(cancellation.Token).AsTask();
        await held.Entered;
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        held.Open();
        await EnsureAsync();
        Assert.True(Tool.Has("token"));
    }

    [Fact]
    public async Task A_secret_that_is_read_after_the_erasure_is_zeroed()
    {
        _bench.Reserve("token");
        var held = _source.Held = new Gate();
        var reading = EnsureAsync();
        await held.Entered;
        _bench.Vault.Erase();
        held.Open();
        await reading;
        Assert.False(Tool.Has("token"));
        Assert.All(_source.Given.Single(), value => Assert.Equal(0, value));
    }

    private ISessionSecrets Tool => _bench.Vault;

    private Task EnsureAsync() => _bench.References.EnsureReadAsync(CancellationToken.None).AsTask().InTime("the secrets were read");

    private string Shown(string name) => Tool.Use(name, 0, static (secret, _) => System.Text.Encoding.ASCII.GetString(secret));

    /// <summary>Secrets that say where they lie and the how-manieth reading they are.</summary>
    private sealed class TestSource : ISecretSource
    {
        private int _readings;

        public string Name => "test";

        public int Readings => Volatile.Read(ref _readings);

        public bool Fails { get; set; }

        public string? Unreadable { get; set; }

        public Gate? Held { get; set; }

        public ConcurrentQueue<byte[]> Given { get; } = new();

        public async ValueTask<byte[]> ReadAsync(string location, int maxBytes, CancellationToken cancellationToken)
        {
            var reading = Interlocked.Increment(ref _readings);
            if (Held is { } gate)
            {
                await gate.WaitAsync(cancellationToken);
            }

            if (Fails || location == Unreadable)
            {
                throw new SecretSourceException("It cannot be read.");
            }

            var secret = SecretBuffer.Allocate(location.Length + 2);
            System.Text.Encoding.ASCII.GetBytes($"{location} {reading}", secret);
            Given.Enqueue(secret);
            return secret;
        }
    }
}
