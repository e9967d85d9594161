namespace OrleansMcp.Tests.Clients;

/// <summary>
/// Agent frameworks, whose packages are too many for every change: they run at night, or when asked for (<c>npm --prefix tests/agents test</c>).
/// What each checks stands in its script in tests/agents.
/// </summary>
public sealed class AgentFrameworkTests
{
    private static readonly string s_folder = Path.Combine(Repository.Root, "tests", "agents");

    [Theory(Explicit = true)]
    [InlineData("ai-sdk.mjs")]
    [InlineData("langchain.mjs")]
    [InlineData("mastra.mjs")]
    [InlineData("openai-agents.mjs")]
    [InlineData("mcporter.mjs")]
    public async Task A_framework_gets_on_with_the_server(string script)
    {
        Assert.True(Directory.Exists(Path.Combine(s_folder, "node_modules")), $"The packages are not there: npm --prefix {s_folder} ci");
        await using var lab = await ClientLab.StartAsync();
        await lab.RunAsync(Path.Combine(s_folder, script));
    }
}
