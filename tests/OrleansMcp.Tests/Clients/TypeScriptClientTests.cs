namespace OrleansMcp.Tests.Clients;

/// <summary>The TypeScript SDKs, and mcp-remote, which stands on them. What each checks stands in its script in tests/clients.</summary>
public sealed class TypeScriptClientTests
{
    [Theory]
    [InlineData("ts-sdk-client.mjs")]
    [InlineData("ts-client.mjs")]
    [InlineData("mcp-remote.mjs", "legacy")]
    [InlineData("mcp-remote.mjs", "auto")]
    public async Task A_client_gets_on_with_the_server(string script, params string[] arguments)
    {
        await using var lab = await ClientLab.StartAsync();
        await lab.RunAsync(script, arguments);
    }
}
