using System.Security.Claims;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using ModelContextProtocol.Server;
using OrleansMcp.Auditing;
using OrleansMcp.Http.Admission;
using OrleansMcp.Http.Admission.Callers;
using OrleansMcp.Sessions;
using OrleansMcp.Signals;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Library;

/// <summary>The verified caller as tools see it, and hooks of an application into who that is and what is told of it.</summary>
public sealed class CallerTests
{
    [Fact]
    public async Task A_tool_gets_the_verified_caller_as_a_ClaimsPrincipal()
    {
        await using var server = await LibraryServer.StartAsync(builder => builder.Services.AddMcpServer().WithTools<Tools>());
        using var client = await server.Client().OpenAsync();
        Assert.Equal("acme/alice/alice", await client.CallTextAsync("who"));
        using var modern = server.Modern(TestConfiguration.Carol);
        Assert.Equal("globex/carol/carol", await modern.CallTextAsync("who"));
    }

    [Fact]
    public async Task Authorize_decides_over_calls_and_lists()
    {
        await using var server = await LibraryServer.StartAsync(static builder => AddGuardedTools(builder.Services));
        using var alice = await server.Client().OpenAsync();
        using var bob = await server.Client(TestConfiguration.Bob).OpenAsync();
        Assert.Equal("done", await alice.CallTextAsync("guarded"));
        var refused = await bob.CallAsync("guarded");
        Assert.DoesNotContain("done", refused.Text, StringComparison.Ordinal);
        Assert.Contains("Access forbidden", refused.Text, StringComparison.Ordinal);
        Assert.Equal(["guarded"], await ToolsAsync(alice));
        Assert.Empty(await ToolsAsync(bob));
    }

    [Fact]
    public async Task A_result_that_is_kept_for_a_role_answers_no_caller_without_it()
    {
        await using var server = await LibraryServer.StartAsync(builder =>
        {
            builder.Services.AddSingleton<ICallerAuthenticator, HeaderAuthenticator>();
            AddGuardedTools(builder.Services);
        });
        using var client = await server.Client("bob as admin").OpenAsync();
        Assert.Equal("kept 1", await client.CallTextAsync("kept"));
        Assert.Equal("kept 1", await client.CallTextAsync("kept"));
        using var demoted = client.As("bob");
        Assert.Contains("Access forbidden", (await demoted.CallAsync("kept")).Text, StringComparison.Ordinal);
        Assert.Empty(await ToolsAsync(demoted));
    }

    [Fact]
    public async Task An_application_says_by_itself_who_a_caller_is()
    {
        await using var server = await LibraryServer.StartAsync(builder =>
        {
            builder.Services.AddSingleton<ICallerAuthenticator, HeaderAuthenticator>();
            builder.Services.AddMcpServer().WithTools<Tools>();
        });
        using var client = await server.Client("bob").OpenAsync();
        Assert.Equal("acme/bob/somebody", await client.CallTextAsync("who"));
        using var stranger = server.Client("nobody");
        Assert.Equal(System.Net.HttpStatusCode.Unauthorized, (await stranger.PostAsync(Rpc.Initialize(1, "2025-11-25"))).Status);
    }

    [Fact]
    public async Task An_audit_sink_of_the_application_hears_all_that_the_stores_audit_holds()
    {
        var audit = new AuditList();
        await using var server = await LibraryServer.StartAsync(builder =>
        {
            builder.Services.AddSingleton<IAuditSink>(audit);
            builder.Services.AddMcpServer().WithTools<Tools>();
        });
        using var client = await server.Client().OpenAsync();
        using var stranger = server.Client(TestConfiguration.Bob);
        (stranger.SessionId, stranger.Version) = (client.SessionId, client.Version);
        await stranger.PostAsync(Rpc.Request(2, "tools/list"));
        await client.DeleteAsync();
        string[] expected = [SignalName.CrossSessionAttempt, SignalName.SessionEnded];
        await Eventually.Holds(() => expected.SequenceEqual(EventsIn(StoredRows.Audit(server.DataFolder))), "both were stored");
        await Eventually.Holds(() => expected.SequenceEqual(audit.Entries.Select(entry => entry.Event).Order(StringComparer.Ordinal)), "both were told");
    }

    private static IEnumerable<string> EventsIn(string lines) => lines.Split('\n', StringSplitOptions.RemoveEmptyEntries)
        .Select(line => JsonNode.Parse(line)!["event"]!.GetValue<string>()).Order(StringComparer.Ordinal);

    private static void AddGuardedTools(IServiceCollection services)
    {
        services.AddSingleton<Runs>().AddAuthorization(options => options.AddPolicy("alice", policy => policy.RequireClaim(CallerClaims.Client, "alice")));
        services.AddMcpServer().WithTools<GuardedTools>().AddAuthorizationFilters();
    }

    private static async Task<string[]> ToolsAsync(RawClient client) =>
        [.. (await client.PostAsync(Rpc.Request(2, "tools/list"))).Expect(System.Net.HttpStatusCode.OK).Result["tools"]!.AsArray().Select(tool => tool!["name"]!.GetValue<string>())];

    [McpServerToolType]
    private sealed class Tools
    {
        [McpServerTool(Name = "who")]
        public static string Who(ClaimsPrincipal user) =>
            $"{user.FindFirstValue(CallerClaims.Tenant)}/{user.FindFirstValue(CallerClaims.Client)}/{user.Identity!.Name}";
    }

    [McpServerToolType]
    private sealed class GuardedTools
    {
        [McpServerTool(Name = "guarded"), Authorize(Policy = "alice")]
        public static string Guarded() => "done";

        [McpServerTool(Name = "kept", ReadOnly = true), Authorize(Roles = "admin"), CachedOutput(60)]
        public static string Kept(Runs runs) => $"kept {Interlocked.Increment(ref runs.Count)}";
    }

    private sealed class Runs
    {
        public int Count;
    }

    private sealed class HeaderAuthenticator : ICallerAuthenticator
    {
        public ValueTask<AuthenticationOutcome> AuthenticateAsync(HttpContext context) => new(
            context.Request.Headers.Authorization.ToString() switch
            {
                "Bearer bob" => new Caller("acme", "bob", "somebody"),
                "Bearer bob as admin" => new Caller("acme", "bob", "somebody") { Claims = [new(CallerClaims.Role, "admin")] },
                _ => (AuthenticationOutcome)Refusal.InvalidCredential,
            });
    }
}
