using System.Net;
using OrleansMcp.Configuration;
using OrleansMcp.Quotas;
using OrleansMcp.Quotas.Egress;
using OrleansMcp.Sessions;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Quotas;

/// <summary>Where tools may go, and that every step of the way is judged and counted.</summary>
public sealed class EgressTests
{
    [Theory]
    [InlineData("https://api.example.com/x", "api.example.com", true)]
    [InlineData("https://API.example.com/x", "api.example.com", true)]
    [InlineData("https://api.example.com.evil.org/", "api.example.com", false)]
    [InlineData("https://xapi.example.com/", "api.example.com", false)]
    [InlineData("https://a.example.com/", "*.example.com", true)]
    [InlineData("https://a.b.example.com/", "*.example.com", true)]
    [InlineData("https://example.com/", "*.example.com", false)]
    [InlineData("https://aexample.com/", "*.example.com", false)]
    [InlineData("https://.example.com/", "*.example.com", false)]
    [InlineData("https://api.example.com:8443/", "api.example.com", false)]
    [InlineData("http://api.example.com/", "api.example.com", false)]
    [InlineData("http://api.example.com:443/", "api.example.com", false)]
    [InlineData("ftp://api.example.com/", "api.example.com", false)]
    [InlineData("file:///etc/passwd", "*.example.com", false)]
    [InlineData("https://user:pass@api.example.com/", "api.example.com", false)]
    [InlineData("https://api.example.com@evil.org/", "api.example.com", false)]
    [InlineData("https://evil.org/", null, false)]
    public void A_rule_names_its_targets_and_no_others(string url, string? host, bool allowed)
    {
        var egress = new EgressConfiguration { Allow = host is null ? [] : [new EgressRule(host)] };
        if (Uri.TryCreate(url, UriKind.Absolute, out var target) && allowed)
        {
            Assert.Equal(host, EgressRules.Judge(egress, target).Host);
        }
        else if (target is not null)
        {
            Assert.Throws<EgressDeniedException>(() => EgressRules.Judge(egress, target));
        }
    }

    [Theory]
    [InlineData("8.8.8.8", true)]
    [InlineData("2606:4700:4700::1111", true)]
    [InlineData("127.0.0.1", false)]
    [InlineData("127.9.9.9", false)]
    [InlineData("0.0.0.0", false)]
    [InlineData("10.1.2.3", false)]
    [InlineData("172.16.0.1", false)]
    [InlineData("172.31.255.255", false)]
    [InlineData("172.32.0.1", true)]
    [InlineData("192.168.1.1", false)]
    [InlineData("169.254.169.254", false)]
    [InlineData("168.63.129.16", false)]
    [InlineData("100.64.0.1", false)]
    [InlineData("224.0.0.1", false)]
    [InlineData("255.255.255.255", false)]
    [InlineData("::1", false)]
    [InlineData("::", false)]
    [InlineData("::ffff:127.0.0.1", false)]
    [InlineData("::ffff:8.8.8.8", true)]
    [InlineData("fe80::1", false)]
    [InlineData("fc00::1", false)]
    [InlineData("fd12:3456::1", false)]
    [InlineData("ff02::1", false)]
    [InlineData("64:ff9b::7f00:1", false)]
    [InlineData("2002:7f00:1::", false)]
    [InlineData("2001:db8::1", false)]
    public void Addresses_are_public_or_not(string address, bool isPublic) => Assert.Equal(isPublic, PublicAddress.Is(IPAddress.Parse(address)));

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("8.8.8.8,127.0.0.1")]
    [InlineData("")]
    public async Task A_name_that_leads_to_a_private_address_is_not_connected_to(string answers)
    {
        await using var outside = await OutsideServer.StartAsync();
        var meter = new TestMeter(new EgressRule("rebound.test", outside.Port, Http: true));
        using var client = Client(meter, answers);
        await Assert.ThrowsAsync<EgressDeniedException>(() => client.GetAsync(outside.At("/", "rebound.test")));
        Assert.Empty(outside.Requests);
    }

    [Fact]
    public async Task A_name_is_connected_to_where_its_rule_says_private_and_that_connection_serves_no_other_rule()
    {
        await using var outside = await OutsideServer.StartAsync();
        var rule = new EgressRule("inside.test", outside.Port, Http: true, Private: true);
        using var connections = new EgressConnections(static (_, _) => Task.FromResult(new[] { IPAddress.Loopback }));
        using var client = new HttpClient(new MeteredHandler(new TestMeter(rule), connections));
        Assert.True((await client.GetAsync(outside.At("/", "inside.test"))).IsSuccessStatusCode);
        using var other = new HttpClient(new MeteredHandler(new TestMeter(rule with { Private = false }), connections));
        await Assert.ThrowsAsync<EgressDeniedException>(() => other.GetAsync(outside.At("/", "inside.test")));
        Assert.Single(outside.Requests);
    }

    [Fact]
    public async Task Every_redirect_is_judged_and_counted_and_takes_nothing_to_another_origin()
    {
        await using var first = await OutsideServer.StartAsync();
        await using var second = await OutsideServer.StartAsync();
        var meter = new TestMeter(Loopback(first), Loopback(second));
        using var client = Client(meter);
        client.DefaultRequestHeaders.Add("Authorization", "Bearer tool");
        client.DefaultRequestHeaders.Add("Accept", "text/plain");
        var there = await client.GetAsync(first.At("/?to=" + Uri.EscapeDataString($"{second.At("/")}")));
        Assert.True(there.IsSuccessStatusCode);
        Assert.Equal(2, meter.Spent[Quota.EgressCalls]);
        Assert.Equal("Bearer tool", first.Requests.Single()["Authorization"]);
        Assert.Equal("text/plain", second.Requests.Single()["Accept"]);
        Assert.False(second.Requests.Single().ContainsKey("Authorization"));

        await Assert.ThrowsAsync<EgressDeniedException>(() => client.GetAsync(first.At("/?to=http://169.254.169.254/latest/meta-data")));
        await Assert.ThrowsAsync<EgressDeniedException>(() => client.GetAsync(first.At("/?to=file:///etc/passwd")));
        var home = first.At("/?to=");
        Assert.Equal(HttpStatusCode.Found, (await client.GetAsync(new Uri(home + Uri.EscapeDataString("/?to=" + Uri.EscapeDataString("/?to=" + Uri.EscapeDataString(
            "/?to=" + Uri.EscapeDataString("/?to=" + Uri.EscapeDataString("/?to=%2F")))))))).StatusCode);
    }

    [Fact]
    public async Task What_is_sent_is_the_tools_own_and_nothing_of_the_session_or_of_others()
    {
        await using var outside = await OutsideServer.StartAsync();
        using var activity = new System.Diagnostics.Activity("call").Start();
        using var client = Client(new TestMeter(Loopback(outside)));
        await client.GetAsync(outside.At("/"));
        await client.GetAsync(outside.At("/"));
        Assert.All(outside.Requests, headers => Assert.Equal(["Host"], headers.Keys));
    }

    [Fact]
    public async Task A_body_is_cut_off_where_the_budget_ends_however_it_is_read()
    {
        await using var outside = await OutsideServer.StartAsync();
        var meter = new TestMeter(Loopback(outside)) { Budget = 100_000 };
        using var client = Client(meter);
        await Assert.ThrowsAsync<QuotaExceededException>(() => client.GetAsync(outside.At("/?bytes=100000000000")));
        Assert.InRange(meter.Spent[Quota.EgressBytes], 100_000, 400_000);

        meter.Budget = 300_000 + meter.Spent[Quota.EgressBytes];
        using var response = await client.GetAsync(outside.At("/?bytes=100000000000"), HttpCompletionOption.ResponseHeadersRead);
        await using var body = await response.Content.ReadAsStreamAsync();
        await Assert.ThrowsAsync<QuotaExceededException>(() => body.CopyToAsync(Stream.Null));
    }

    [Fact]
    public async Task What_is_sent_is_counted_and_stopped_like_what_is_received()
    {
        await using var outside = await OutsideServer.StartAsync();
        var meter = new TestMeter(Loopback(outside)) { Budget = 1_000_000 };
        using var client = Client(meter);
        await client.PostAsync(outside.At("/"), new ByteArrayContent(new byte[50_000]));
        Assert.Equal((50_000, 50_002), (outside.Received, meter.Spent[Quota.EgressBytes]));
        await Assert.ThrowsAsync<QuotaExceededException>(() => client.PostAsync(outside.At("/"), new StreamContent(new Endless())));
        Assert.InRange(outside.Received, 50_000, 2_000_000);
    }

    [Fact]
    public async Task Calls_beyond_the_budget_are_not_sent()
    {
        await using var outside = await OutsideServer.StartAsync();
        var meter = new TestMeter(Loopback(outside)) { Calls = 2 };
        using var client = Client(meter);
        await client.GetAsync(outside.At("/"));
        await client.GetAsync(outside.At("/"));
        await Assert.ThrowsAsync<QuotaExceededException>(() => client.GetAsync(outside.At("/")));
        Assert.Equal(2, outside.Requests.Count);
    }

    [Fact]
    public async Task A_tool_goes_where_its_client_may_and_its_client_reads_why_not()
    {
        await using var outside = await OutsideServer.StartAsync();
        var quotas = new QuotaConfiguration { EgressCallsPerMinute = 2, EgressBytesPerMinute = 1_000_000 };
        var configuration = TestConfiguration.With(quotas: quotas);
        var acme = configuration.Tenants["acme"];
        var alice = acme.Clients["alice"] with { Egress = new EgressConfiguration { Allow = [Loopback(outside)] } };
        var clients = new Dictionary<string, ClientConfiguration>(acme.Clients, StringComparer.Ordinal) { ["alice"] = alice };
        var tenants = new Dictionary<string, TenantConfiguration>(configuration.Tenants, StringComparer.Ordinal) { ["acme"] = acme with { Clients = clients } };
        await using var server = await TestServer.StartAsync(new TestServerOptions { Configuration = configuration with { Tenants = tenants } });
        using var client = await server.Client().OpenAsync();
        var url = $"{outside.At("/?bytes=5000")}";

        Assert.Equal("200 5000", await client.CallTextAsync("test_fetch", new { url, body = "hello" }));
        Assert.Equal(["Content-Length", "Content-Type", "Host", "X-Tool"], outside.Requests.Single().Keys.Order(StringComparer.Ordinal));
        Assert.Contains("Client egressCallsPerMinute 1/2", await client.CallTextAsync("test_quotas"), StringComparison.Ordinal);
        Assert.Equal("200 5000", await client.CallTextAsync("test_fetch", new { url }));

        var refused = (await client.CallAsync("test_fetch", new { url })).Result["structuredContent"]!;
        Assert.Equal(("quota_exceeded", "egressCallsPerMinute", "client"), ((string)refused["code"]!, (string)refused["quota"]!, (string)refused["scope"]!));
        using var bob = await server.Client(TestConfiguration.Bob).OpenAsync();
        Assert.Equal("egress_denied", (string)(await bob.CallAsync("test_fetch", new { url })).Result["structuredContent"]!["code"]!);
        Assert.Equal(2, outside.Requests.Count);
    }

    private static EgressRule Loopback(OutsideServer outside) => new("127.0.0.1", outside.Port, Http: true, Private: true);

    private static HttpClient Client(IEgressMeter meter, string? answers = null) => new(new MeteredHandler(meter, new EgressConnections(
        answers is null ? null : (_, _) => Task.FromResult(answers.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(IPAddress.Parse).ToArray()))));

    private sealed class TestMeter(params EgressRule[] rules) : IEgressMeter
    {
        public Dictionary<Quota, long> Spent { get; } = new() { [Quota.EgressCalls] = 0, [Quota.EgressBytes] = 0 };

        public long Budget { get; set; } = long.MaxValue;

        public long Calls { get; set; } = long.MaxValue;

        public EgressConfiguration Rules { get; } = new() { Allow = rules };

        public CancellationToken Ended => CancellationToken.None;

        public ValueTask SpendAsync(Quota quota, long amount, CancellationToken cancellationToken)
        {
            lock (Spent)
            {
                if (Spent[quota] + Math.Max(amount, 1) > (quota == Quota.EgressCalls ? Calls : Budget))
                {
                    throw new QuotaExceededException(new QuotaRefusal(quota, QuotaScope.Session, 1));
                }

                Spent[quota] += amount;
            }

            return ValueTask.CompletedTask;
        }

        public void Charge(Quota quota, long amount)
        {
            lock (Spent)
            {
                Spent[quota] += amount;
            }
        }
    }

    private sealed class Endless : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => 0; set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count) => count;

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
