// Configuration here is the server's own, never the one of Microsoft.Extensions.
global using IConfigurationSource = OrleansMcp.Configuration.IConfigurationSource;
