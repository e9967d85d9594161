using OrleansMcp.Configuration;

namespace OrleansMcp.Tests.Configuration;

public sealed class SignalConfigurationTests
{
    [Fact]
    public void Every_limit_is_read_and_has_a_default()
    {
        Assert.Equal(
            new SignalConfiguration { AttemptsPerMinute = 3, Denials = 4, DenialWindow = TimeSpan.FromMinutes(1) },
            Parse("signals: { attemptsPerMinute: 3, denials: 4, denialWindow: 1m }").Signals);
        Assert.Equal(
            new SignalConfiguration { AttemptsPerMinute = 30, Denials = 20, DenialWindow = TimeSpan.FromMinutes(5) }, Parse("").Signals);
    }

    [Theory]
    [InlineData("attemptsPerMinute: -1", "signals.attemptsPerMinute")]
    [InlineData("attemptsPerMinute: many", "signals.attemptsPerMinute")]
    [InlineData("denials: 0", "signals.denials")]
    [InlineData("denialWindow: 1s", "signals.denialWindow")]
    [InlineData("denialWindow: 5", "signals.denialWindow")]
    [InlineData("attempts: 5", "signals.attempts")]
    public void What_is_no_limit_is_told_with_line_and_key(string setting, string key)
    {
        var error = Assert.Single(Assert.Throws<ConfigurationException>(() => Parse($"signals:\n  {setting}")).Errors);
        Assert.Equal((key, 3L), (error.Key, error.Line));
    }

    private static ServerConfiguration Parse(string signals) =>
        ConfigurationFile.Parse($"tenants: {{ a: {{ clients: {{ b: {{ permissions: [] }} }} }} }}\n{signals}", "good.yaml");
}
