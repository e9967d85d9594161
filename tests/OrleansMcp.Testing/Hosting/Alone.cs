namespace OrleansMcp.Tests.Hosting;

/// <summary>Tests that measure the process run after all others, one at a time. Each assembly defines the collection.</summary>
public static class Alone
{
    public const string Collection = "alone";
}
