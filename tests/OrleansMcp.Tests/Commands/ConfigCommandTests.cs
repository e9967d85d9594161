using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Commands;

/// <summary><c>config check</c>, and the start with the same file: names of nothing are told, by the tools that the program has.</summary>
public sealed class ConfigCommandTests : IDisposable
{
    private const string Alice = "keys: [{ sha256: c3fe0b469a6d4f19a25fbec114762d2186aa2c22888f52c5550a77fc104bcff3 }]";

    private readonly ScratchFolder _folder = new();

    private string FileName => Path.Combine(_folder.Path, "server.yaml");

    [Fact]
    public async Task The_bundled_configuration_names_what_there_is()
    {
        var demo = await new StreamReader(typeof(OrleansMcp.Hosting.Demo.DemoConfiguration).Assembly.GetManifestResourceStream("OrleansMcp.Hosting.Demo.demo.yaml")!)
            .ReadToEndAsync(TestContext.Current.CancellationToken);
        var (code, output, error) = await CheckAsync(demo);
        Assert.Equal((0, "", $"{FileName} is valid: 2 tenants, 3 clients, 0 policies, 0 warnings."), (code, error, output.Trim()));
    }

    [Fact]
    public async Task A_policy_for_a_misspelt_tenant_and_client_is_refused_by_the_check_and_at_the_start()
    {
        await File.WriteAllTextAsync(
            Path.Combine(_folder.Path, "p.yaml"), "version: \"1\"\ndefault: deny\ntenants: [acmee]\nclients: [alise]\ntools: {}\n", TestContext.Current.CancellationToken);
        var (code, output, error) = await CheckAsync($"tenants: {{ acme: {{ clients: {{ alice: {{ {Alice}, permissions: ['tool:*'] }} }} }} }}\npolicies: [p.yaml]\n");
        var expected = $"""
            {Path.Combine(_folder.Path, "p.yaml")}:3: tenants[0]: there is no tenant 'acmee'. Did you mean 'acme'?
            {Path.Combine(_folder.Path, "p.yaml")}:4: clients[0]: there is no client 'alise'. Did you mean 'alice'?
            """;
        Assert.Equal((1, "", expected), (code, output, error.Trim()));
        Assert.Equal((1, "", expected), await StartAsync());
    }

    [Fact]
    public async Task A_tool_that_the_program_has_not_is_refused_by_the_check_and_at_the_start()
    {
        var (code, _, error) = await CheckAsync($"tenants:\n  acme:\n    clients:\n      alice:\n        {Alice}\n        permissions: [tool:ecoh, 'tool:recrods_*']\n");
        var expected = $"{FileName}:6: tenants.acme.clients.alice.permissions[0]: there is no tool 'ecoh'. Did you mean 'echo'?";
        Assert.Equal(1, code);
        Assert.Equal(
            [expected, $"Warning: {FileName}:6: tenants.acme.clients.alice.permissions[1]: 'recrods_*' matches no tool. Did you mean 'records_delete'?"],
            error.Trim().Split(Environment.NewLine));
        Assert.Equal((1, "", expected), await StartAsync());
    }

    [Fact]
    public async Task What_is_doubtful_is_printed_and_the_file_is_valid()
    {
        var (code, output, error) = await CheckAsync("tenants: {}\n");
        Assert.Equal((0, $"{FileName} is valid: 0 tenants, 0 clients, 0 policies, 1 warnings."), (code, output.Trim()));
        Assert.Equal($"Warning: {FileName}:1: tenants: nobody can come in: there are no tenants.", error.Trim());
    }

    public void Dispose() => _folder.Dispose();

    private async Task<(int Code, string Output, string Error)> CheckAsync(string yaml)
    {
        await File.WriteAllTextAsync(FileName, yaml, TestContext.Current.CancellationToken);
        return await Run.AsCommandAsync("config", "check", FileName);
    }

    private async Task<(int Code, string Output, string Error)> StartAsync()
    {
        var (code, output, error) = await Run.AsCommandAsync(
            "--config", FileName, "--urls", $"http://127.0.0.1:{FreePort.Next()}", "--data", Path.Combine(_folder.Path, "data"));
        return (code, output, error.Trim());
    }
}
