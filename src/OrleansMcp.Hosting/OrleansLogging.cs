using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace OrleansMcp.Hosting;

/// <summary>
/// The level of what Orleans logs. Its start and its options are 200 lines at the level that applications log at by default, and hide
/// what the application says.
/// </summary>
internal static class OrleansLogging
{
    private const string Category = "Orleans."; // A category is a prefix: without the dot this would be OrleansMcp's level too.

    /// <summary>Warnings and errors, unless the application's logging names Orleans or a part of it.</summary>
    public static void AddOrleansLogLevel(this IServiceCollection services) => services.PostConfigure<LoggerFilterOptions>(static options =>
    {
        if (!options.Rules.Any(static rule => rule.CategoryName is { } name && (name == "Orleans" || name.StartsWith(Category, StringComparison.Ordinal))))
        {
            options.Rules.Add(new LoggerFilterRule(providerName: null, Category, LogLevel.Warning, filter: null));
        }

        // The base class of grain services logs its ring ranges under the name of ours.
        options.Rules.Add(new LoggerFilterRule(providerName: null, typeof(Grains.Cutoffs.CutoffService).FullName, LogLevel.Warning, filter: null));
    });
}
