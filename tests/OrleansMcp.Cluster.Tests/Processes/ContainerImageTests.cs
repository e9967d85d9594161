using System.Text.Json.Nodes;
using OrleansMcp.Tests.Clients;

namespace OrleansMcp.Cluster.Tests.Processes;

/// <summary>What the SDK would write into the container image, computed without a registry and without an engine.</summary>
public sealed class ContainerImageTests
{
    [Fact]
    public async Task The_image_starts_the_application_as_nobody_special_and_tells_it_only_what_it_understands()
    {
        var image = await ComputeAsync();
        Assert.EndsWith("-noble-chiseled", (string)image["Properties"]!["ContainerBaseImage"]!, StringComparison.Ordinal);
        Assert.True(int.Parse((string)image["Properties"]!["ContainerUser"]!, System.Globalization.CultureInfo.InvariantCulture) > 0);
        Assert.Equal(["dotnet", "/app/OrleansMcp.Server.dll"], Items(image, "ContainerAppCommand").Select(item => (string)item["Identity"]!));
        Assert.Equal(["8080"], Items(image, "ContainerPort").Select(item => (string)item["Identity"]!));

        var variables = Items(image, "ContainerEnvironmentVariable").ToDictionary(item => (string)item["Identity"]!, item => (string)item["Value"]!);
        Assert.Equal("0", variables["DOTNET_EnableDiagnostics"]);
        var settings = OrleansMcp.Hosting.Settings.SettingsReader.Read([], variables);
        Assert.Equal("http://0.0.0.0:8080", settings.Urls);
        Assert.True(settings.LogsJson);
    }

    private static IEnumerable<JsonNode> Items(JsonNode image, string kind) => image["Items"]![kind]!.AsArray().Select(item => item!);

    private static async Task<JsonNode> ComputeAsync()
    {
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
        await using var build = ProcessUnderTest.Start(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet",
        [
            "msbuild", Path.Combine(Repository.Root, "src", "OrleansMcp.Server"), $"-p:Configuration={configuration}", "-nodeReuse:false",
            "-t:ComputeContainerBaseImage;ComputeContainerConfig", "-getProperty:ContainerBaseImage,ContainerUser",
            "-getItem:ContainerPort,ContainerEnvironmentVariable,ContainerAppCommand",
        ]);
        Assert.True(await build.ExitAsync(TimeSpan.FromSeconds(120)) == 0, build.Output);
        return JsonNode.Parse(build.Output)!;
    }
}
