using OrleansMcp.Drill;

namespace OrleansMcp.Tests.Drill;

/// <summary>The drill judges a server by what it answers, so it must not share a fault with it.</summary>
public sealed class IndependenceTests
{
    [Fact]
    public void The_drill_shares_no_code_with_the_server_that_it_judges() => Assert.DoesNotContain(
        typeof(IsolationDrill).Assembly.GetReferencedAssemblies(),
        assembly => assembly.Name!.StartsWith("OrleansMcp", StringComparison.Ordinal) || assembly.Name.StartsWith("Orleans.", StringComparison.Ordinal));
}
