using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Clients;

/// <summary>The TypeScript SDKs: list, call, progress, end of a session. What they check stands in tests/clients.</summary>
public sealed class TypeScriptClientTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private static readonly TimeSpan s_deadline = TimeSpan.FromMinutes(1);

    [Fact]
    public Task The_SDK_of_the_session_revisions_uses_the_tools() => UsesTheTools("ts-sdk-client.mjs");

    [Fact]
    public Task The_SDK_of_both_eras_uses_the_tools_in_each() => UsesTheTools("ts-client.mjs");

    private async Task UsesTheTools(string script)
    {
        var result = await NodePackages.RunAsync(script, [shared.Server.Url.ToString(), TestConfiguration.Alice], s_deadline);
        Assert.Contains("all checks passed", result.ExpectSuccess().Output);
    }
}
