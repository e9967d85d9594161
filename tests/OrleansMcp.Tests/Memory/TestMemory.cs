using OrleansMcp.Configuration;
using OrleansMcp.Memory;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Memory;

/// <summary>The memory of a process in a test.</summary>
internal static class TestMemory
{
    /// <summary>A process that may hold so many bytes.</summary>
    public static HeldMemory Of(long bytes, ServerConfiguration? configuration = null) => new(
        new TestConfigurationSource((configuration ?? TestConfiguration.With()) with { Memory = new MemoryConfiguration { HeldBytes = bytes } }));

    /// <summary>Something that a client holds in a process with room for it.</summary>
    public static HeldBytes Hold() => Of(1L << 30).Hold("acme", "alice");
}
