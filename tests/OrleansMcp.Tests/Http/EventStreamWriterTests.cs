using System.Reflection;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using OrleansMcp.Hosting;
using OrleansMcp.Http.Streams;
using OrleansMcp.Sessions;
using OrleansMcp.Tests.Hosting;
using OrleansMcp.Tests.Time;
using ISession = OrleansMcp.Sessions.ISession;

namespace OrleansMcp.Tests.Http;

/// <summary>Streams whose clients break off: what is being read for them is over before it is let go of.</summary>
public sealed class EventStreamWriterTests
{
    private bool _isOver;

    [Theory]
    [InlineData(1)] // with the first event, as the second one is awaited
    [InlineData(2)] // as it is said that the stream is still there
    public async Task A_connection_that_breaks_while_an_event_is_awaited_is_that_failure_and_no_other(int writes)
    {
        var time = new ManualTimeProvider();
        var context = new DefaultHttpContext();
        context.Features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(new BreakingStream(writes)));
        var writer = new EventStreamWriter(new TestConfigurationSource(TestConfiguration.With()), new Staying(), time);
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

    private sealed class Staying : IDeparture
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
