using System.Globalization;
using System.Text.Json.Nodes;

namespace OrleansMcp.Tests.Server;

/// <summary>
/// The server runs without ICU, and what it does depends on no culture. All tests run like that, so that each of them shows it: among
/// them those of look-alike keys, host names and patterns.
/// </summary>
public sealed class GlobalisationTests
{
    [Fact]
    public void These_tests_and_the_server_run_with_invariant_globalisation()
    {
        Assert.True(AppContext.TryGetSwitch("System.Globalization.Invariant", out var isInvariant) && isInvariant);
        Assert.Throws<CultureNotFoundException>(() => new CultureInfo("tr-TR"));
        var server = JsonNode.Parse(File.ReadAllText(Path.ChangeExtension(typeof(OrleansMcp.Server.ServerHost).Assembly.Location, ".runtimeconfig.json")))!;
        Assert.True((bool)server["runtimeOptions"]!["configProperties"]!["System.Globalization.Invariant"]!);
    }

    [Fact]
    public void International_host_names_have_their_wire_form_all_the_same() =>
        Assert.Equal("xn--bcher-kva.example", new Uri("https://b\u00fccher.example").IdnHost);
}
