using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Time.Testing;
using OrleansMcp.Hosting;
using OrleansMcp.Http.Streams;
using OrleansMcp.Http.Transfers;
using OrleansMcp.Memory;
using OrleansMcp.Sessions;
using OrleansMcp.Tests.Hosting;
using ISession = OrleansMcp.Sessions.ISession;

namespace OrleansMcp.Tests.Http;

/// <summary>Streams that break off, at either end.</summary>
public sealed class EventStreamWriterTests
{
    private bool _isOver;

    [Theory]
    [InlineData(1)] // with the first event, as the second one is awaited
    [InlineData(2)] // as it is said that the stream is still there
    public async Task A_connection_that_breaks_while_an_event_is_awaited_is_that_failure_and_no_other(int writes)
    {
        var time = new FakeTimeProvider();
        var context = new DefaultHttpContext();
        context.Features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(new BreakingStream(writes)));
        var writer = NewWriter(time);
        var session = DispatchProxy.Create<ISession, Listened>();
        ((Listened)session).Events = Events;

        var writing = writer.WriteAsync(context, session, new Caller("acme", "alice", "alice"), new StreamRequest(1), id: default, isOwed: true);
        while (!writing.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(15));
            await Task.Yield();
        }

        Assert.Equal("broken", (await Assert.ThrowsAsync<IOException>(() => writing)).Message);
        Assert.True(_isOver);
    }

    [Theory]
    [InlineData(SessionEventKind.Lost, null, true, 503)] // its activation left before the answer was read
    [InlineData(SessionEventKind.NotFound, null, true, 503)] // its session ended before the answer was read
    [InlineData(SessionEventKind.Lost, "1-2", true, 400)] // the client resumes what is not held any more
    [InlineData(SessionEventKind.NotFound, "1-2", true, 404)]
    [InlineData(SessionEventKind.NotFound, null, false, 404)] // nothing was asked for but to listen
    public async Task A_request_that_was_taken_is_never_answered_as_if_it_had_been_refused(SessionEventKind first, string? lastEventId, bool isOwed, int status)
    {
        var context = new DefaultHttpContext();
        var body = new MemoryStream();
        context.Features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(body));
        var session = DispatchProxy.Create<ISession, Listened>();
        ((Listened)session).Events = _ => AsyncEnumerable.Repeat(new SessionEvent(first), 1);
        using var id = JsonDocument.Parse("7");

        await NewWriter(TimeProvider.System).WriteAsync(
            context, session, new Caller("acme", "alice", "alice"), new StreamRequest(1, lastEventId), id.RootElement, isOwed);
        Assert.Equal(status, context.Response.StatusCode);
        var error = JsonNode.Parse(body.ToArray())!;
        Assert.Equal(7, (int)error["id"]!);
        Assert.Equal(status == 503 ? "outcome_unknown" : null, (string?)error["error"]!["data"]?["code"]);
    }

    private static EventStreamWriter NewWriter(TimeProvider time) => NewWriter(new TestConfigurationSource(TestConfiguration.With()), time);

    private static EventStreamWriter NewWriter(TestConfigurationSource configuration, TimeProvider time)
    {
        var memory = new HeldMemory(configuration, available: 1L << 30);
        return new(configuration, memory, new PacedWriter(configuration, memory, time), new Staying(), new SignalList(), time);
    }

    private async IAsyncEnumerable<SessionEvent> Events([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        try
        {
            yield return new SessionEvent(SessionEventKind.Message, Data: "{}"u8.ToArray());
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
        }
        finally
        {
            _isOver = true;
        }
    }

    /// <summary>A session of which only a stream is read.</summary>
#pragma warning disable MA0053 // the proxy is a class derived from it
    public class Listened : DispatchProxy
#pragma warning restore MA0053
    {
        internal Func<CancellationToken, IAsyncEnumerable<SessionEvent>> Events { get; set; } = null!;

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => Events((CancellationToken)args![^1]!);
    }

    private sealed class Staying : IDrain
    {
        public CancellationToken Listeners => CancellationToken.None;

        public CancellationToken Calls => CancellationToken.None;
    }

    /// <summary>A connection that breaks after so many writes.</summary>
    private sealed class BreakingStream(int writes) : MemoryStream
    {
        private int _left = writes;

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
            --_left > 0 ? ValueTask.CompletedTask : ValueTask.FromException(new IOException("broken"));

        public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
