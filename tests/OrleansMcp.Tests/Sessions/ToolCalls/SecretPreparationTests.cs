using OrleansMcp.Sessions.ToolCalls;
using OrleansMcp.Tests.Hosting;
using OrleansMcp.Tests.Secrets;
using OrleansMcp.Tools;

namespace OrleansMcp.Tests.Sessions.ToolCalls;

public sealed class SecretPreparationTests
{
    private readonly SessionBench _bench = new();
    private readonly GatedSource _source = new();

    [Fact]
    public void A_session_without_secrets_of_the_operators_waits_for_nothing()
    {
        var next = new RecordingStage(_bench.Replies);
        Assert.True(next.RunAsync(Stage, _bench.ToolCall()).IsCompletedSuccessfully);
    }

    [Fact]
    public async Task A_call_goes_on_when_the_secrets_are_in_the_vault()
    {
        Reserve();
        var next = new RecordingStage(_bench.Replies);
        var running = next.RunAsync(Stage, _bench.ToolCall()).AsTask();
        await _source.Gate.Entered;
        Assert.Equal(0, next.Reached);
        _source.Gate.Open();
        await running.InTime("the call went on");
        Assert.True(((ISessionSecrets)_bench.Vault).Has("token"));
    }

    [Fact]
    public async Task A_call_that_is_cancelled_meanwhile_does_not_go_on()
    {
        Reserve();
        var (next, call) = (new RecordingStage(_bench.Replies), _bench.ToolCall());
        var running = next.RunAsync(Stage, call).AsTask();
        await _source.Gate.Entered;
        call.Revoke();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running.InTime("the call ended"));
        Assert.Equal(0, next.Reached);
        _source.Gate.Open();
    }

    private SecretPreparation Stage => new(_bench.References);

    private void Reserve()
    {
        _bench.SecretSources.Add(_source);
        _bench.Reserve("token");
    }
}
