using System.ComponentModel;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;
using OrleansMcp.Configuration;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Library;

/// <summary>The SDK's request filters run where the handler runs, after the session has admitted the request; what one changed is judged again.</summary>
public sealed class FilterTests
{
    private const string Policy = """
        tenants: { acme: { clients: {} } }
        policies:
          - version: "1"
            tools:
              pay:
                rules:
                  - { name: small, conditions: [{ path: args.amount, op: lte, value: 100 }] }
                  - { name: twice, rate_limit: 2/hour }
        """;

    private readonly List<string> _seen = [];

    [Fact]
    public async Task A_filter_runs_around_the_tools_that_a_session_may_call_and_no_others()
    {
        await using var server = await StartAsync(Noting(_seen), TestConfiguration.With().Permitting("acme", "alice", "tool:pay"));
        using var client = await server.Client().OpenAsync();
        Assert.Equal("paid 5", await client.CallTextAsync("pay", new { amount = 5 }));
        Assert.Contains("permission_denied", (await client.CallAsync("refund", new { amount = 5 })).Text, StringComparison.Ordinal);
        Assert.Equal(["before pay", "after pay"], _seen);
    }

    [Fact]
    public async Task Filters_run_in_the_order_in_which_they_were_added()
    {
        await using var server = await StartAsync(filters =>
        {
            filters.CallToolFilters.Add(Named("one"));
            filters.CallToolFilters.Add(Named("two"));
        });
        using var client = await server.Client().OpenAsync();
        await client.CallTextAsync("pay", new { amount = 5 });
        Assert.Equal(["one", "two"], _seen);
    }

    [Theory]
    [InlineData(40, "paid 80")]
    [InlineData(60, "policy_denied")]
    public async Task Arguments_that_a_filter_changed_are_judged_again(int amount, string expected)
    {
        await using var server = await StartAsync(Doubling, Judged());
        using var client = await server.Client().OpenAsync();
        Assert.Contains(expected, (await client.CallAsync("pay", new { amount })).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_call_that_a_filter_changed_counts_once()
    {
        await using var server = await StartAsync(Doubling, Judged());
        using var client = await server.Client().OpenAsync();
        Assert.Equal("paid 2", await client.CallTextAsync("pay", new { amount = 1 }));
        Assert.Contains("policy_denied", (await client.CallAsync("pay", new { amount = 60 })).Text, StringComparison.Ordinal);
        Assert.Equal("paid 4", await client.CallTextAsync("pay", new { amount = 2 }));
        Assert.Contains("'twice'", (await client.CallAsync("pay", new { amount = 3 })).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_call_that_a_filter_turned_into_another_tools_counts_for_that_tool_alone()
    {
        await using var server = await StartAsync(
            filters => filters.CallToolFilters.Add(next => (request, cancellationToken) =>
            {
                request.Params.Name = request.Params.Arguments!["amount"].GetInt32() < 0 ? "refund" : request.Params.Name;
                return next(request, cancellationToken);
            }),
            Judged());
        using var client = await server.Client().OpenAsync();
        for (var call = 0; call < 3; call++)
        {
            Assert.Equal("refunded -1", await client.CallTextAsync("pay", new { amount = -1 }));
        }

        Assert.Equal("paid 1", await client.CallTextAsync("pay", new { amount = 1 }));
        Assert.Equal("paid 1", await client.CallTextAsync("pay", new { amount = 1 }));
        Assert.Contains("'twice'", (await client.CallAsync("pay", new { amount = 1 })).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_filter_cannot_reach_a_tool_that_the_session_may_not_call()
    {
        await using var server = await StartAsync(
            filters => filters.CallToolFilters.Add(next => (request, cancellationToken) =>
            {
                request.Params.Name = "refund";
                return next(request, cancellationToken);
            }),
            TestConfiguration.With().Permitting("acme", "alice", "tool:pay"));
        using var client = await server.Client().OpenAsync();
        Assert.Contains("permission_denied", (await client.CallAsync("pay", new { amount = 1 })).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nor_by_naming_it_as_the_one_that_was_found()
    {
        await using var server = await StartAsync(
            filters => filters.CallToolFilters.Add(next => (request, cancellationToken) =>
            {
                request.MatchedPrimitive = request.Server.ServerOptions.ToolCollection!["refund"];
                return next(request, cancellationToken);
            }),
            TestConfiguration.With().Permitting("acme", "alice", "tool:pay"));
        using var client = await server.Client().OpenAsync();
        Assert.Contains("permission_denied", (await client.CallAsync("pay", new { amount = 1 })).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_filter_may_answer_by_itself()
    {
        await using var server = await StartAsync(filters => filters.CallToolFilters.Add(
            _ => (_, _) => new(new CallToolResult { Content = [new TextContentBlock { Text = "later" }] })));
        using var client = await server.Client().OpenAsync();
        Assert.Equal("later", await client.CallTextAsync("pay", new { amount = 1 }));
    }

    [Fact]
    public async Task A_filter_of_a_list_takes_away_and_adds_nothing_that_is_not_permitted()
    {
        await using var server = await StartAsync(
            filters => filters.ListToolsFilters.Add(next => async (request, cancellationToken) =>
            {
                var result = await next(request, cancellationToken);
                result.Tools = [.. result.Tools.Where(tool => tool.Name != "pay"), new Tool { Name = "invented" }, new Tool { Name = "refund" }];
                return result;
            }),
            TestConfiguration.With().Permitting("acme", "alice", "tool:pay", "tool:invented"));
        using var client = await server.Client().OpenAsync();
        var listed = (await client.PostAsync(Rpc.Request(2, "tools/list"))).Json["result"]!["tools"]!.AsArray();
        Assert.Equal("invented", Assert.Single(listed.Select(tool => (string)tool!["name"]!)));
    }

    [Fact]
    public async Task A_prompt_and_a_resource_that_a_filter_put_in_place_of_another_are_judged_again()
    {
        await using var server = await StartAsync(
            filters =>
            {
                filters.GetPromptFilters.Add(next => (request, cancellationToken) =>
                {
                    request.Params.Name = "closed";
                    return next(request, cancellationToken);
                });
                filters.ReadResourceFilters.Add(next => (request, cancellationToken) =>
                {
                    request.Params.Uri = "shop://closed";
                    return next(request, cancellationToken);
                });
            },
            TestConfiguration.With().Permitting("acme", "alice", "prompt:open", "resource:shop://open"));
        using var client = await server.Client().OpenAsync();
        Assert.Contains("permission_denied", (await client.PostAsync(Rpc.Request(2, "prompts/get", new { name = "open" }))).Text, StringComparison.Ordinal);
        Assert.Contains("permission_denied", (await client.PostAsync(Rpc.Request(3, "resources/read", new { uri = "shop://open" }))).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_completion_and_a_subscription_that_a_filter_put_in_place_of_another_are_judged_again()
    {
        var (isSwapped, open, closed) = (false, "shop://open", "shop://closed");
        await using var server = await StartAsync(
            filters =>
            {
                filters.CompleteFilters.Add(next => (request, cancellationToken) =>
                {
                    request.Params.Ref = isSwapped ? new PromptReference { Name = "closed" } : request.Params.Ref;
                    return next(request, cancellationToken);
                });
                filters.SubscribeToResourcesFilters.Add(next => (request, cancellationToken) =>
                {
                    request.Params.Uri = isSwapped ? closed : request.Params.Uri;
                    return next(request, cancellationToken);
                });
            },
            TestConfiguration.With().Permitting("acme", "alice", "prompt:open", $"resource:{open}"));
        using var client = await server.Client().OpenAsync();
        var completion = new { @ref = new { type = "ref/prompt", name = "open" }, argument = new { name = "a", value = "" } };
        Assert.Contains("completed", (await client.PostAsync(Rpc.Request(2, "completion/complete", completion))).Text, StringComparison.Ordinal);
        Assert.DoesNotContain("error", (await client.PostAsync(Rpc.Request(3, "resources/subscribe", new { uri = open }))).Text, StringComparison.Ordinal);
        isSwapped = true;
        Assert.Contains("permission_denied", (await client.PostAsync(Rpc.Request(4, "completion/complete", completion))).Text, StringComparison.Ordinal);
        Assert.Contains("permission_denied", (await client.PostAsync(Rpc.Request(5, "resources/subscribe", new { uri = open }))).Text, StringComparison.Ordinal);
    }

    private static ServerConfiguration Judged() => TestConfiguration.With() with { Policies = ConfigurationFile.Parse(Policy, "policies.yaml").Policies };

    private static void Doubling(McpRequestFilters filters) => filters.CallToolFilters.Add(next => (request, cancellationToken) =>
    {
        request.Params.Arguments!["amount"] = JsonSerializer.SerializeToElement(2 * request.Params.Arguments["amount"].GetInt32());
        return next(request, cancellationToken);
    });

    private static Action<McpRequestFilters> Noting(List<string> seen) => filters => filters.CallToolFilters.Add(next => async (request, cancellationToken) =>
    {
        seen.Add($"before {request.Params.Name}");
        var result = await next(request, cancellationToken);
        seen.Add($"after {request.Params.Name}");
        return result;
    });

    private static Task<LibraryServer> StartAsync(Action<McpRequestFilters> filters, ServerConfiguration? configuration = null) => LibraryServer.StartAsync(
        builder =>
        {
            builder.Services.AddSingleton<TimeProvider>(new FakeTimeProvider()); // No window turns while a test counts.
            builder.Services.AddMcpServer(options => filters(options.Filters.Request)).WithTools<Tools>().WithPrompts<Prompts>().WithResources<Resources>()
                .WithCompleteHandler(static (_, _) => new(new CompleteResult { Completion = new() { Values = ["completed"] } }));
        },
        configuration);

    private McpRequestFilter<CallToolRequestParams, CallToolResult> Named(string name) => next => (request, cancellationToken) =>
    {
        _seen.Add(name);
        return next(request, cancellationToken);
    };

    [McpServerToolType]
    private sealed class Tools
    {
        [McpServerTool(Name = "pay"), Description("Pays.")]
        public static string Pay(int amount) => $"paid {amount}";

        [McpServerTool(Name = "refund"), Description("Pays back.")]
        public static string Refund(int amount) => $"refunded {amount}";
    }

    [McpServerPromptType]
    private sealed class Prompts
    {
        [McpServerPrompt(Name = "open")]
        public static string Open() => "open";

        [McpServerPrompt(Name = "closed")]
        public static string Closed() => "closed";
    }

    [McpServerResourceType]
    private sealed class Resources
    {
        [McpServerResource(UriTemplate = "shop://open", Name = "open")]
        public static string Open() => "open";

        [McpServerResource(UriTemplate = "shop://closed", Name = "closed")]
        public static string Closed() => "closed";
    }
}
