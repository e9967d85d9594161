namespace OrleansMcp.Server.Hosting;

/// <summary>Where the server's log goes: the console as lines for people, or as JSON for collectors.</summary>
internal static class ServerLogging
{
    /// <summary>Set to <c>json</c>, makes each log entry one JSON object.</summary>
    public const string FormatVariable = "ORLEANSMCP_LOG";

    public static void AddServerLogging(this WebApplicationBuilder builder) => builder.AddServerLogging(
        string.Equals(Environment.GetEnvironmentVariable(FormatVariable), "json", StringComparison.OrdinalIgnoreCase));

    public static void AddServerLogging(this WebApplicationBuilder builder, bool asJson)
    {
        var logging = builder.Logging;
        logging.ClearProviders();
        logging.SetMinimumLevel(LogLevel.Information);
        logging.AddFilter("Microsoft", LogLevel.Warning);
        logging.AddFilter("Orleans", LogLevel.Warning);
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
