using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using OrleansMcp.Configuration;
using OrleansMcp.Configuration.Names;
using OrleansMcp.Tests.Durability;
using OrleansMcp.Tests.Hostile;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Configuration;

public sealed class ReloadingConfigurationTests : IDisposable
{
    private readonly ScratchFolder _folder = new();
    private readonly FakeTimeProvider _time = new();
    private readonly ErrorLog _log = new(LogLevel.Warning);
    private OfferedNames _offered = new("srv", ["echo"], [], []);

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
    public void A_file_that_is_empty_while_it_is_saved_takes_nothing_away_and_one_that_stays_empty_is_in_force()
    {
        using var configuration = Open("tenants: { a: {} }");
        for (var save = 0; save < 2; save++)
        {
            System.IO.File.WriteAllText(File, "");
            _time.Advance(TimeSpan.FromSeconds(2));
            Assert.Contains("a", configuration.Current.Tenants.Keys);
            System.IO.File.WriteAllText(File, "tenants: { a: {}, b: {} } # " + save);
            _time.Advance(TimeSpan.FromSeconds(2));
            Assert.Equal(2, configuration.Current.Tenants.Count);
        }

        // Saved twice, and looked at when it is empty only.
        System.IO.File.WriteAllText(File, "");
        _time.Advance(TimeSpan.FromSeconds(2));
        System.IO.File.WriteAllText(File, "");
        System.IO.File.SetLastWriteTimeUtc(File, DateTime.UtcNow.AddSeconds(1));
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(2, configuration.Current.Tenants.Count);

        System.IO.File.WriteAllText(File, "");
        _time.Advance(TimeSpan.FromSeconds(2));
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.Empty(configuration.Current.Tenants);
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

    [Fact]
    public void A_changed_file_may_name_what_the_server_offers_by_then_and_nothing_else()
    {
        using var configuration = Open("tenants: { a: {} }\ncache: { tools: { echo: { ttl: 1s } } }");
        var running = configuration.Current;
        System.IO.File.WriteAllText(File, "tenants: { a: {} }\n\ncache: { tools: { ehco: { ttl: 1s } } }");
        _time.Advance(TimeSpan.FromSeconds(3));
        Assert.Same(running, configuration.Current);
        Assert.Contains(_log.Entries, entry =>
            entry.Contains("NOT in force", StringComparison.Ordinal)
            && entry.Contains($"{File}:3: cache.tools.ehco: there is no tool 'ehco'. Did you mean 'echo'?", StringComparison.Ordinal));

        _offered = new("srv", ["ehco"], [], []);
        Assert.True(configuration.Reload());
        Assert.True(configuration.Current.Cache.Tools.ContainsKey("ehco"));
    }

    [Fact]
    public void What_is_doubtful_is_told_at_the_start_and_after_each_change()
    {
        using var configuration = Open("tenants: { a: {} }\npolicies: [{ version: 1, hide: ['ehco*'] }]");
        Assert.Contains(_log.Entries, entry => entry.Contains($"{File}:2: policies[0].hide[0]: 'ehco*' matches no tool. Did you mean 'echo'?", StringComparison.Ordinal));
        _log.Clear();
        System.IO.File.WriteAllText(File, "");
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.Empty(_log.Entries);
        _time.Advance(TimeSpan.FromSeconds(2)); // An empty file is believed at the second look.
        Assert.Empty(configuration.Current.Tenants);
        Assert.Contains("nobody can come in", Assert.Single(_log.Entries), StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _folder.Dispose();
        _log.Dispose();
    }

    private ReloadingConfiguration Open(string? yaml, Func<ServerConfiguration, string?>? objection = null)
    {
        if (yaml is not null)
        {
            System.IO.File.WriteAllText(File, yaml);
        }

        using var factory = LoggerFactory.Create(logging => logging.AddProvider(_log));
        return new ReloadingConfiguration(File, [], () => _offered, objection ?? (_ => null), _time, factory.CreateLogger<ReloadingConfiguration>());
    }
}
