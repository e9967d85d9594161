namespace OrleansMcp.Tests.Conformance;

/// <summary>The host knows nobody, so it must never be reachable by anybody else.</summary>
public sealed class ConformanceHostTests
{
    [Theory]
    [InlineData("http://0.0.0.0:0")]
    [InlineData("http://*:0")]
    [InlineData("http://[::]:0")]
    [InlineData("http://conformance.example:0")]
    [InlineData("http://127.0.0.1:0;http://0.0.0.0:0")]
    public async Task Refuses_to_listen_beyond_loopback(string urls)
    {
        await using var host = ConformanceProcess.Start("--urls", urls);
        var result = await host.EndAsync(TimeSpan.FromSeconds(60));
        Assert.Equal(2, result.ExitCode);
        Assert.Contains("loopback", result.Errors);
    }
}
