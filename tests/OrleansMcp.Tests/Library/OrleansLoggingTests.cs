using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OrleansMcp.Hosting.Settings;

namespace OrleansMcp.Tests.Library;

/// <summary>What an application's console says with its default logging, and with its own.</summary>
public sealed class OrleansLoggingTests
{
    [Fact]
    public void Orleans_is_quiet_by_default_and_we_are_not()
    {
        Assert.Equal((false, true, true), Levels());
        Assert.Equal((false, true, false), Levels(("Logging:LogLevel:Default", "Warning")));
    }

    [Theory]
    [InlineData("Orleans")]
    [InlineData("Orleans.Runtime")]
    public void Levels_that_the_application_names_for_Orleans_count(string category) =>
        Assert.Equal((true, true, true), Levels(($"Logging:LogLevel:{category}", "Information")));

    /// <summary>Whether Orleans logs information and warnings, and we information.</summary>
    private static (bool Information, bool Warning, bool Ours) Levels(params (string Key, string Value)[] settings)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Configuration.AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value)));
        builder.Logging.AddConfiguration(builder.Configuration.GetSection("Logging")).AddConsole();
        builder.AddOrleansMcp(new ServerSettings());
        using var services = builder.Services.BuildServiceProvider();
        var loggers = services.GetRequiredService<ILoggerFactory>();
        var orleans = loggers.CreateLogger("Orleans.Runtime.Silo");
        return (orleans.IsEnabled(LogLevel.Information), orleans.IsEnabled(LogLevel.Warning), loggers.CreateLogger("OrleansMcp.Hosting").IsEnabled(LogLevel.Information));
    }
}
