using Microsoft.Extensions.DependencyInjection;
using OrleansMcp.Tools;

namespace OrleansMcp.Server.Demo;

/// <summary>What the program offers to clients.</summary>
internal static class DemoCatalogue
{
    public static IMcpServerBuilder WithDemo(this IMcpServerBuilder server) => server
        .WithTools<DemoTools>()
        .WithTools<SecretTools>()
        .WithRecords()
        .WithTools<CacheTools>()
        .WithToolLog()
        .WithResources<DemoResources>()
        .WithPrompts<DemoPrompts>();
}
