using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Malformed;

[Collection(AloneCollection.Name)]
public sealed class HostileTests
{
    private const int Parallel = 8;

    [Fact]
    public async Task No_hostile_request_of_thousands_gets_a_5xx_or_leaves_a_trace()
    {
        var log = new ErrorLog();
        await using var server = await TestServer.StartAsync(new TestServerOptions
        {
            Configuration = TestConfiguration.With(),
            Customise = builder => builder.Logging.AddProvider(log),
        });
        using var bystander = await server.Client().OpenAsync();
        await bystander.IncrementAsync(41);
        using var target = await server.Client().OpenAsync();
        var corpus = HostileCorpus.All().DistinctBy(request => Convert.ToBase64String(request.Bytes)).ToList();
        Assert.True(corpus.Count >= 2000, $"The corpus holds {corpus.Count} requests.");

        var problems = new System.Collections.Concurrent.ConcurrentBag<string>();
        await System.Threading.Tasks.Parallel.ForEachAsync(corpus, new ParallelOptions { MaxDegreeOfParallelism = Parallel }, async (request, _) =>
        {
            if (ProblemOf(await SendAsync(server.Url, Aim(request, target.SessionId!))) is { } problem)
            {
                problems.Add($"{request.What}: {problem}");
            }
        });

        Assert.True(problems.IsEmpty, string.Join('\n', problems.Take(20)));
        Assert.Equal(42, await bystander.IncrementAsync());
        Assert.True(log.IsEmpty, log.ToString());

        // Sessions that the corpus opened in good form stay until they time out; nothing else may.
        using var fresh = await server.Client().OpenAsync();
        Assert.Equal(1, await fresh.IncrementAsync());
        var files = server.StateFiles().Count(file => file.EndsWith(".session", StringComparison.Ordinal));
        Assert.InRange(server.LiveActors, files, files + 3);
    }

    /// <summary>Puts the live session's id in place; lengths of bodies do not change by it.</summary>
    private static byte[] Aim(HostileRequest request, string session)
    {
        var head = request.Bytes.AsSpan().IndexOf("\r\n\r\n"u8);
        if (head < 0)
        {
            return request.Bytes;
        }

        var text = Encoding.Latin1.GetString(request.Bytes, 0, head).Replace("SESSION", session, StringComparison.Ordinal);
        return [.. Encoding.Latin1.GetBytes(text), .. request.Bytes.AsSpan(head)];
    }

    private static string? ProblemOf(string reply)
    {
        if (reply.Length == 0)
        {
            return null; // Closed without a word, as for bytes that are no HTTP.
        }

        var parts = reply.Split(' ', 3);
        if (parts.Length < 3 || !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var status))
        {
            return "no HTTP reply: " + reply[..Math.Min(80, reply.Length)];
        }

        if (status >= 500 && status != 505)
        {
            return reply[..Math.Min(300, reply.Length)];
        }

        if (reply.Contains("   at ", StringComparison.Ordinal) || reply.Contains("System.", StringComparison.Ordinal))
        {
            return "tells about the inside: " + reply[..Math.Min(300, reply.Length)];
        }

        var body = reply[(reply.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..];
        return status >= 400 && reply.Contains("application/json", StringComparison.Ordinal) && body.Length > 0 ? ErrorProblem(body) : null;
    }

    private static string? ErrorProblem(string body)
    {
        var error = JsonDocument.Parse(body).RootElement;
        return error.GetProperty("jsonrpc").GetString() == "2.0" && error.GetProperty("error").GetProperty("code").TryGetInt32(out _)
            && error.GetProperty("error").GetProperty("message").GetString() is { Length: > 0 }
                ? null
                : "not a JSON-RPC error: " + body;
    }

    /// <summary>Sends, says that nothing follows, and reads what comes for a bounded time; a stream that stays open is no problem.</summary>
    private static async Task<string> SendAsync(Uri url, byte[] bytes)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(url.Host, url.Port);
        await using var stream = client.GetStream();
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        try
        {
            await stream.WriteAsync(bytes, deadline.Token);
            client.Client.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            // Answered and closed before everything was sent.
        }

        var received = new MemoryStream();
        var buffer = new byte[16 * 1024];
        try
        {
            int read;
            while ((read = await stream.ReadAsync(buffer, deadline.Token)) > 0)
            {
                received.Write(buffer, 0, read);
                if (IsStream(received))
                {
                    break;
                }
            }
        }
        catch (IOException)
        {
            // Reset after the answer.
        }
        catch (OperationCanceledException)
        {
            return "HTTP/1.1 599 not answered within 10 s\r\n\r\n";
        }

        return Encoding.UTF8.GetString(received.GetBuffer(), 0, (int)received.Length);
    }

    private static bool IsStream(MemoryStream received) =>
        received.GetBuffer().AsSpan(0, (int)received.Length).IndexOf("text/event-stream"u8) >= 0;

    private sealed class ErrorLog : ILoggerProvider, ILogger
    {
        private readonly System.Collections.Concurrent.ConcurrentQueue<string> _errors = new();

        public bool IsEmpty => _errors.IsEmpty;

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
            {
                _errors.Enqueue($"{formatter(state, exception)}\n{exception}");
            }
        }

        public void Dispose()
        {
        }

        public override string ToString() => string.Join('\n', _errors.Take(5));
    }
}
