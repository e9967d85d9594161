namespace OrleansMcp.Server.Hosting;

/// <summary>Where the server's log goes: the console as lines for people, or as JSON for collectors.</summary>
internal static class ServerLogging
{
    public static void AddServerLogging(this WebApplicationBuilder builder, bool asJson)
    {
        var logging = builder.Logging;
        logging.ClearProviders();
        logging.SetMinimumLevel(LogLevel.Information);
        logging.AddFilter("Microsoft", LogLevel.Warning);
        logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Critical); // why a start failed is told by who began it
        logging.AddFilter("Microsoft.Extensions.Diagnostics.HealthChecks", LogLevel.Critical); // at each probe it would log an error of a process that starts or stops
        logging.AddFilter("Orleans", LogLevel.Warning);
        logging.AddFilter("Orleans.Runtime.Silo", LogLevel.Error); // it warns of the heap that was chosen
        logging.AddFilter("Orleans.Runtime.Watchdog", LogLevel.Error);
        logging.AddFilter("Polly", LogLevel.Warning);
        logging.AddFilter("OrleansMcp", LogLevel.Information); // begins with the one above, which would silence it
        logging.AddFilter("Azure", LogLevel.Warning);
        logging.AddFilter("ModelContextProtocol", LogLevel.Warning);
        if (asJson)
        {
            logging.AddJsonConsole(options => options.UseUtcTimestamp = true);
        }
        else
        {
            logging.AddSimpleConsole(options =>
            {
                options.SingleLine = true;
                options.TimestampFormat = "HH:mm:ss ";
                options.UseUtcTimestamp = true;
            });
        }
    }
}
