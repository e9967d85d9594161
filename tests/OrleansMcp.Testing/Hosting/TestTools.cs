using System.ComponentModel;
using System.Security.Claims;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.DependencyInjection;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;
using OrleansMcp.Records;
using OrleansMcp.Tools;

namespace OrleansMcp.Tests.Hosting;

/// <summary>Tools that do one thing of the protocol each, when a test says so.</summary>
[McpServerToolType]
internal sealed class TestTools(Gates gates)
{
    [McpServerTool(Name = "test_claims"), Description("What the credential says beside who its bearer is, and whether that is an admin.")]
    public static string Claims(ClaimsPrincipal user) =>
        string.Join(' ', user.Claims.Where(static claim => claim.Type is CallerClaims.Role or "department").Select(static claim => $"{claim.Type}={claim.Value}"))
        + (user.IsInRole("admin") ? " (admin)" : "");

    [McpServerTool(Name = "test_elicit"), Description("Asks the user for a colour.")]
    public async Task<string> ElicitAsync(
        McpServer server, ISessionContext session, CancellationToken cancellationToken, string question = "Which colour?")
    {
        var asking = server.ElicitAsync(ColourForm(question), cancellationToken).AsTask();
        _ = asking.ContinueWith(_ => gates["asked in vain"].Pass(), CancellationToken.None, TaskContinuationOptions.OnlyOnCanceled, TaskScheduler.Default);
        var answer = await asking;
        gates["elicited"].Pass();
        return $"{session.Tenant}/{session.Client} {answer.Action} {answer.Content?["colour"].GetString()}".TrimEnd();
    }

    [McpServerTool(Name = "test_elicit_twice"), Description("Asks the user for two colours, one after the other.")]
    public static async Task<string> ElicitTwiceAsync(McpServer server, CancellationToken cancellationToken)
    {
        var first = await server.ElicitAsync(ColourForm("First?"), cancellationToken);
        var second = await server.ElicitAsync(ColourForm("Second?"), cancellationToken);
        return $"{first.Content?["colour"].GetString()} and {second.Content?["colour"].GetString()}";
    }

    [McpServerTool(Name = "test_elicit_gate"), Description("Asks the user for a colour, then waits until the test lets it go.")]
    public async Task<string> ElicitAndWaitAsync(McpServer server, string gate, CancellationToken cancellationToken)
    {
        var answer = await server.ElicitAsync(ColourForm("Before the gate?"), cancellationToken);
        await gates[gate].WaitAsync(cancellationToken);
        return $"through with {answer.Content?["colour"].GetString()}";
    }

    [McpServerTool(Name = "test_require"), Description("Ends with a question and a state of its own, and is run again with the answer.")]
    public string Require(RequestContext<CallToolRequestParams> request)
    {
        if (request.Params.InputResponses?.TryGetValue("colour", out var answer) != true)
        {
            throw new InputRequiredException(new InputRequiredResult
            {
                InputRequests = new Dictionary<string, InputRequest> { ["colour"] = InputRequest.ForElicitation(ColourForm("Required?")) },
                RequestState = "inner-state",
            });
        }

        gates["required"].Pass();
        return $"{request.Params.RequestState} {answer!.RawValue.GetProperty("content").GetProperty("colour").GetString()}";
    }

    [McpServerTool(Name = "test_sample"), Description("Asks the client's model.")]
    public static async Task<string> SampleAsync(McpServer server, CancellationToken cancellationToken)
    {
        var answer = await server.SampleAsync(
            new CreateMessageRequestParams
            {
                MaxTokens = 10,
                Messages = [new SamplingMessage { Role = Role.User, Content = [new TextContentBlock { Text = "Say something." }] }],
            },
            cancellationToken);
        return answer.Content.OfType<TextContentBlock>().Single().Text;
    }

    [McpServerTool(Name = "test_roots"), Description("Asks the client for its roots.")]
    public static async Task<string> RootsAsync(McpServer server, CancellationToken cancellationToken)
    {
        var answer = await server.RequestRootsAsync(new ListRootsRequestParams(), cancellationToken);
        return string.Join(' ', answer.Roots.Select(root => root.Uri));
    }

    [McpServerTool(Name = "test_log"), Description("Logs to the client, once a level.")]
    public static async Task<string> LogAsync(McpServer server, CancellationToken cancellationToken)
    {
        await server.SendNotificationAsync(
            "notifications/message", new { level = "debug", data = "to debug, past the logger" }, s_json, cancellationToken);
        var logger = server.AsClientLoggerProvider().CreateLogger("test");
        logger.LogDebug("to debug");
        logger.LogInformation("to inform");
        logger.LogWarning("to warn");
        logger.LogError("to alarm");
        return "logged";
    }

    [McpServerTool(Name = "test_gate"), Description("Waits until the test lets it go.")]
    public async Task<string> WaitAsync(string gate, CancellationToken cancellationToken)
    {
        await gates[gate].WaitAsync(cancellationToken);
        return "through";
    }

    [McpServerTool(Name = "test_progress"), Description("Reports progress, then waits until the test lets it go.")]
    public async Task<string> ProgressAsync(
        string gate, int steps, IProgress<ProgressNotificationValue> progress, CancellationToken cancellationToken, int padding = 0)
    {
        for (var step = 1; step <= steps; step++)
        {
            progress.Report(new ProgressNotificationValue { Progress = step, Total = steps, Message = new string('x', padding) });
        }

        await gates[gate].WaitAsync(cancellationToken);
        return "through";
    }

    [McpServerTool(Name = "test_notify"), Description("Sends notifications of a size in order, then waits until the test lets it go.")]
    public async Task<string> NotifyAsync(McpServer server, string gate, int count, int bytes, CancellationToken cancellationToken)
    {
        for (var number = 1; number <= count; number++)
        {
            await server.SendNotificationAsync(
                "notifications/test", new { number, padding = new string('x', bytes) }, s_json, cancellationToken);
        }

        await gates[gate].WaitAsync(cancellationToken);
        return "through";
    }

    [McpServerTool(Name = "test_stubborn"), Description("Waits for the test without heeding its cancellation, then counts.")]
    public async Task<string> StubbornAsync(ISessionContext session, string gate)
    {
        await gates[gate].WaitAsync(CancellationToken.None);
        try
        {
            var value = await session.State.UpdateAsync<long>("counter", current => current + 1, CancellationToken.None);
            return $"{value}";
        }
        finally
        {
            gates[$"{gate} done"].Open();
            await gates[$"{gate} done"].WaitAsync(CancellationToken.None);
        }
    }

    [McpServerTool(Name = "test_stubborn_records"), Description("Waits for the test without heeding its cancellation, then writes and shares records.")]
    public async Task<string> StubbornRecordsAsync(IRecords records, string gate)
    {
        await gates[gate].WaitAsync(CancellationToken.None);
        try
        {
            var write = new RecordWrite("k", System.Text.Json.JsonSerializer.SerializeToElement("late"));
            await AttemptAsync(async () => await records.TransactAsync("orders", [], [write], CancellationToken.None));
            await AttemptAsync(async () => await records.ShareAsync("orders", "bob", RecordAccess.Write, CancellationToken.None));
            return "done";
        }
        finally
        {
            gates[$"{gate} done"].Open();
            await gates[$"{gate} done"].WaitAsync(CancellationToken.None);
        }
    }

    [McpServerTool(Name = "test_touch"), Description("Says that a resource has changed.")]
    public static async Task<string> TouchAsync(ISessionContext session, string uri, CancellationToken cancellationToken)
    {
        await session.ResourceUpdatedAsync(uri, cancellationToken);
        return "touched";
    }

    [McpServerTool(Name = "test_secret_digest"), Description("Tells the length and the SHA-256 of a secret.")]
    public static string Digest(ISessionContext session, string name) => session.Secrets.Use(
        name, secret => $"{secret.Length} {Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(secret))}");

    [McpServerTool(Name = "test_secret_has"), Description("Tells whether there is a secret.")]
    public static string Has(ISessionContext session, string name) => session.Secrets.Has(name) ? "yes" : "no";

    [McpServerTool(Name = "test_secret_exchange"), Description("Keeps the SHA-256 of one secret as another, as a token exchange does.")]
    public static string Exchange(ISessionContext session, string from, string to)
    {
        session.Secrets.Use(from, (session, to), static (secret, target) =>
        {
            target.session.Secrets.Put(target.to, System.Security.Cryptography.SHA256.HashData(secret));
            return true;
        });
        return "exchanged";
    }

    [McpServerTool(Name = "test_secret_remove"), Description("Forgets a secret.")]
    public static string Remove(ISessionContext session, string name) => session.Secrets.Remove(name) ? "removed" : "none";

    [McpServerTool(Name = "test_secret_stumble"), Description("Fails over a secret, in words that quote it.")]
    public static string Stumble(ISessionContext session, string name) => session.Secrets.Use<string>(
        name, secret => throw new FormatException($"'{Convert.ToHexString(secret)}' {Convert.ToBase64String(secret)} is not a number."));

    [McpServerTool(Name = "test_fail"), Description("Fails in a way nobody foresaw.")]
    public static string Fail() => throw new InvalidOperationException("the password is hunter2");

    private static async Task AttemptAsync(Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (McpException)
        {
            // Refused; what comes next is tried all the same.
        }
    }

    private static readonly System.Text.Json.JsonSerializerOptions s_json = System.Text.Json.JsonSerializerOptions.Web;

    private static ElicitRequestParams ColourForm(string question) => new()
    {
        Message = question,
        RequestedSchema = new ElicitRequestParams.RequestSchema
        {
            Properties = new Dictionary<string, ElicitRequestParams.PrimitiveSchemaDefinition>
            {
                ["colour"] = new ElicitRequestParams.StringSchema { Description = "A colour" },
            },
        },
    };
}

/// <summary>Offers the test tools.</summary>
internal static class TestCatalogue
{
    public static IMcpServerBuilder WithTestTools(this IMcpServerBuilder server) => server.WithTools<TestTools>().WithTools<CostlyTools>().WithTools<StrangeTools>();
}
