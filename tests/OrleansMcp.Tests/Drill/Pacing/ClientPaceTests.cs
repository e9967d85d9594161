using Microsoft.Extensions.Time.Testing;
using OrleansMcp.Drill.History;
using OrleansMcp.Drill.Run.Pacing;

namespace OrleansMcp.Tests.Drill.Pacing;

/// <summary>What a refusal makes a client wait with, and what not.</summary>
public sealed class ClientPaceTests
{
    private readonly FakeTimeProvider _time = new();

    [Theory]
    [InlineData(HindranceKind.Throttle, "held_back", 0, 30, 30)]
    [InlineData(HindranceKind.Quota, "sessionsPerMinute", 0, 30, 0)]
    [InlineData(HindranceKind.Quota, "sessions", 0, 5, 0)] // its own user may end one at any time
    [InlineData(HindranceKind.Quota, "callsPerMinute", 30, 0, 0)]
    [InlineData(HindranceKind.Failure, "503", 30, 0, 0)]
    [InlineData(HindranceKind.Permission, "records:*:write", 0, 0, 0)]
    public void A_client_waits_with_what_it_was_refused(object kind, string name, int calls, int openings, int attacks)
    {
        var pace = new ClientPace(_time);
        pace.Note(new((HindranceKind)kind, name), TimeSpan.FromSeconds(30));

        Assert.Equal((calls, openings, attacks), (Seconds(pace.RestOfCalls), Seconds(pace.RestOfOpenings), Seconds(pace.RestOfAttacks)));
        _time.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal((0, 0, 0), (Seconds(pace.RestOfCalls), Seconds(pace.RestOfOpenings), Seconds(pace.RestOfAttacks)));
    }

    [Theory]
    [InlineData(HindranceKind.Quota, "429")]
    [InlineData(HindranceKind.Credential, "401")]
    public void A_refusal_that_names_no_time_is_not_repeated_at_once(object kind, string name)
    {
        var pace = new ClientPace(_time);
        pace.Note(new((HindranceKind)kind, name), TimeSpan.Zero);

        Assert.Equal(1, Seconds(pace.RestOfCalls));
    }

    [Fact]
    public async Task Calls_at_once_are_as_many_as_the_server_lets_run()
    {
        var pace = new ClientPace(_time);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => pace.Calls.EnterAsync()));
        pace.Note(new(HindranceKind.Quota, "concurrentCalls"), TimeSpan.FromSeconds(1)); // three others run
        pace.Calls.Leave();
        Assert.Equal(TimeSpan.Zero, pace.RestOfCalls);

        var fourth = pace.Calls.EnterAsync();
        Assert.False(fourth.IsCompleted);
        pace.Calls.Leave();
        await fourth;

        Assert.False(pace.Calls.EnterAsync().IsCompleted);
    }

    private static int Seconds(TimeSpan time) => (int)time.TotalSeconds;
}
