using System.Net;
using System.Text;
using Microsoft.Extensions.Logging;
using OrleansMcp.Configuration;
using OrleansMcp.Hosting.Demo;
using OrleansMcp.Hosting.Settings;
using OrleansMcp.Tests.Hostile;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Server;

/// <summary>What somebody meets who has just started the program.</summary>
public sealed class FirstStepsTests
{
    [Fact]
    public async Task The_root_says_what_is_where_and_the_demo_has_an_operator()
    {
        await using var server = await StartDemoAsync();
        using var http = new HttpClient();
        var page = await http.GetStringAsync(server.At("/"));
        Assert.Contains("/mcp", page, StringComparison.Ordinal);
        Assert.Contains(DemoConfiguration.OperatorKey, page, StringComparison.Ordinal);
        Assert.DoesNotContain(DemoConfiguration.OperatorKey, DemoConfiguration.ClientKeys);

        http.DefaultRequestHeaders.Authorization = new("Bearer", DemoConfiguration.OperatorKey);
        Assert.Contains("GET /ops/tenants/{tenant}/sessions", await http.GetStringAsync(server.At("/ops")), StringComparison.Ordinal);
        using var client = await server.Client().OpenAsync();
        Assert.Contains("\"client\":\"alice\"", await http.GetStringAsync(server.At("/ops/tenants/acme/sessions")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_served_to_operators_is_told_to_nobody_else()
    {
        await using var server = await StartDemoAsync();
        using var http = new HttpClient();
        foreach (var key in new[] { null, TestConfiguration.Alice, "demo-nobody" })
        {
            http.DefaultRequestHeaders.Authorization = key is null ? null : new("Bearer", key);
            Assert.Equal(HttpStatusCode.Unauthorized, (await http.GetAsync(server.At("/ops"))).StatusCode);
        }
    }

    [Fact]
    public async Task Without_operators_their_paths_say_why_they_are_empty()
    {
        await using var server = await TestServer.StartAsync(new TestServerOptions { Configuration = TestConfiguration.With() });
        using var http = new HttpClient();
        foreach (var path in new[] { "/ops", "/ops/usage", "/ops/tenants/acme/sessions" })
        {
            var reply = await http.GetAsync(server.At(path));
            Assert.Equal(HttpStatusCode.NotFound, reply.StatusCode);
            Assert.Contains("no operators", await reply.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }

        Assert.Contains("no operators", await http.GetStringAsync(server.At("/")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/sse")]
    [InlineData("/v1/mcp")]
    public async Task A_path_that_is_not_served_says_where_to_look(string path)
    {
        await using var server = await StartDemoAsync();
        using var http = new HttpClient();
        using var content = new StringContent("{}", Encoding.UTF8, "application/json");
        var reply = await http.PostAsync(server.At(path), content);
        Assert.Equal(HttpStatusCode.NotFound, reply.StatusCode);
        Assert.Contains("GET /", await reply.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("application/json", "gzip", "without Content-Encoding")]
    [InlineData("text/plain", null, "must be application/json")]
    [InlineData("application/json; charset=latin1", null, "in UTF-8")]
    public async Task A_body_of_another_type_is_told_what_is_wrong_with_it(string type, string? coding, string problem)
    {
        await using var server = await StartDemoAsync();
        using var client = server.Client();
        var reply = await client.PostAsync(Rpc.Request(1, "ping"), request =>
        {
            request.Content!.Headers.Remove("Content-Type");
            request.Content.Headers.TryAddWithoutValidation("Content-Type", type);
            if (coding is not null)
            {
                request.Content.Headers.ContentEncoding.Add(coding);
            }
        });
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, reply.Status);
        Assert.Contains(problem, (string)reply.Error["message"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_log_at_Information_tells_what_concerns_its_reader_and_names_nobody_where_there_is_nobody()
    {
        var log = new ErrorLog(LogLevel.Information);
        await using var server = await TestServer.StartAsync(new TestServerOptions { Customise = builder => builder.Logging.AddProvider(log) });
        using var client = server.Client();
        var reply = await client.PostAsync(Rpc.Request(1, "ping"), request => request.Headers.TryAddWithoutValidation("Origin", "https://evil.example"));
        reply.Expect(HttpStatusCode.Forbidden);
        Assert.Contains(log.Entries, entry => entry.Contains("origin_rejected: ", StringComparison.Ordinal));
        Assert.DoesNotContain(log.Entries, entry => entry.Contains("(null)", StringComparison.Ordinal));
        Assert.DoesNotContain(log.Entries, entry => entry.Contains("grain service", StringComparison.Ordinal) || entry.Contains("My range", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("tenants:\n  acme:\n\tclients: {}\n", 3, "tab")]
    [InlineData("# x\n\ntenants:\n  acme:\n    clients:\n \t  alice: {}\n", 6, "tab")]
    [InlineData("sessions: {}\ntenants: { a: [1, 2\nb: 3\n", 2, "bracket")]
    [InlineData("sessions: {}\ntenants: \"x\n\n", 2, "")]
    public void A_mistake_of_YAML_is_told_with_the_line_where_it_is(string text, long line, string word)
    {
        var error = Assert.Single(Assert.Throws<ConfigurationException>(() => ConfigurationFile.Parse(text, "f")).Errors);
        Assert.Equal(line, error.Line);
        Assert.Contains(word, error.Message, StringComparison.Ordinal);
    }

    private static Task<TestServer> StartDemoAsync() => TestServer.StartAsync();
}
