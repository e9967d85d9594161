using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using OrleansMcp.Configuration;
using OrleansMcp.Tests.Durability;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Configuration;

public sealed class ReloadingConfigurationTests : IDisposable
{
    private readonly ScratchFolder _folder = new();
    private readonly FakeTimeProvider _time = new();

    private string File => Path.Combine(_folder.Path, "server.yaml");

    [Fact]
    public void A_changed_file_is_in_force_soon()
    {
        using var configuration = Open("tenants: { a: {} }");
        System.IO.File.WriteAllText(File, "tenants: { a: {}, b: {} }");
        _time.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal(2, configuration.Current.Tenants.Count);
    }

    [Fact]
    public void An_invalid_file_leaves_the_running_configuration_in_force()
    {
        using var configuration = Open("tenants: { a: {} }");
        var running = configuration.Current;
        System.IO.File.WriteAllText(File, "tenants: { A: {} }");
        Assert.False(configuration.Reload());
        Assert.Same(running, configuration.Current);
        System.IO.File.Delete(File);
        Assert.False(configuration.Reload());
        Assert.Same(running, configuration.Current);
    }

    [Fact]
    public void A_file_that_the_host_objects_to_is_not_in_force()
    {
        using var configuration = Open("tenants: { a: {} }", changed => changed.Tenants.ContainsKey("bad") ? "no" : null);
        System.IO.File.WriteAllText(File, "tenants: { bad: {} }");
        Assert.False(configuration.Reload());
        Assert.True(configuration.Current.Tenants.ContainsKey("a"));
    }

    [Fact]
    public void A_file_that_is_mounted_as_links_into_an_exchanged_folder_is_in_force_soon()
    {
        string In(params string[] parts) => Path.Combine([_folder.Path, .. parts]);
        Directory.CreateDirectory(In("..1"));
        Directory.CreateDirectory(In("..2"));
        System.IO.File.WriteAllText(In("..1", "server.yaml"), "tenants: { a: {} }");
        System.IO.File.WriteAllText(In("..2", "server.yaml"), "tenants: { a: {}, b: {} }");
        System.IO.File.CreateSymbolicLink(In("..data"), "..1");
        System.IO.File.CreateSymbolicLink(File, Path.Combine("..data", "server.yaml"));
        using var configuration = Open(yaml: null);

        System.IO.File.Delete(In("..data"));
        System.IO.File.CreateSymbolicLink(In("..data"), "..2");

        _time.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal(2, configuration.Current.Tenants.Count);
    }

    [Fact]
    public void A_link_does_not_hide_how_large_a_file_is()
    {
        var large = Path.Combine(_folder.Path, "large");
        System.IO.File.WriteAllText(large, "# " + new string('x', 1024 * 1024));
        System.IO.File.CreateSymbolicLink(File, large);
        Assert.Contains("larger", Assert.Throws<ConfigurationException>(() => ConfigurationFile.Load(File)).Message, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private ReloadingConfiguration Open(string? yaml, Func<ServerConfiguration, string?>? objection = null)
    {
        if (yaml is not null)
        {
            System.IO.File.WriteAllText(File, yaml);
        }

        return new ReloadingConfiguration(File, [], objection ?? (_ => null), _time, NullLogger<ReloadingConfiguration>.Instance);
    }
}
