using System.Collections.Concurrent;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Http;

/// <summary>What a client got wrong is told to the client, and not to the log.</summary>
public sealed class ClientMistakeTests
{
    private static readonly (string Tool, string Arguments, string? Problem)[] s_arguments =
    [
        ("increment", """{"by":2.0}""", null),
        ("increment", """{"by":1e2}""", null),
        ("increment", """{"by":99999999999999999999}""", "Argument 'by' must be an integer from -9223372036854775808 to 9223372036854775807."),
        ("increment", """{"by":2.5}""", "Argument 'by' must be of type integer."),
        ("slow", """{"ms":3000000000}""", "Argument 'ms' must be an integer from -2147483648 to 2147483647."),
        ("toollog_recent", """{"since":"x"}""", "Argument 'since' must be a date and time such as 2026-01-31T12:00:00Z."),
        ("records_transact", """{"namespace":"o","writes":[{"delete":true}]}""", "Argument 'writes' does not fit at $[0]."),
    ];

    private static readonly (string Method, string Params)[] s_params =
    [
        ("logging/setLevel", """{}"""),
        ("logging/setLevel", """{"level":7}"""),
        ("logging/setLevel", """{"level":"loud"}"""),
        ("resources/read", """{"uri":7}"""),
        ("resources/read", """{}"""),
        ("resources/subscribe", """{"uri":[]}"""),
        ("resources/unsubscribe", """{}"""),
        ("prompts/get", """{"name":{}}"""),
        ("prompts/get", """{"name":"summarise","arguments":7}"""),
        ("tools/call", """{"name":7}"""),
        ("tools/list", """{"cursor":7}"""),
        ("completion/complete", """{"ref":7,"argument":{}}"""),
    ];

    [Fact]
    public async Task Arguments_that_a_tool_cannot_take_are_named()
    {
        var log = new Entries();
        await using var server = await StartAsync(log);
        using var alice = await server.Client().OpenAsync();
        foreach (var (tool, arguments, problem) in s_arguments)
        {
            await Case.OfAsync(arguments, async () =>
            {
                var reply = (await alice.PostAsync(Call("tools/call", $$"""{"name":"{{tool}}","arguments":{{arguments}} }"""))).Expect(HttpStatusCode.OK);
                Assert.Equal((problem is not null, problem ?? reply.ToolText), (reply.ToolFailed, reply.ToolText));
            });
        }

        Assert.Empty(log.Failures);
    }

    [Fact]
    public async Task Params_that_do_not_fit_are_invalid_and_not_logged()
    {
        var log = new Entries();
        await using var server = await StartAsync(log);
        using var alice = await server.Client().OpenAsync();
        foreach (var (method, parameters) in s_params)
        {
            await Case.OfAsync($"{method} {parameters}", async () =>
                Assert.Equal(-32602, (await alice.PostAsync(Call(method, parameters))).Expect(HttpStatusCode.OK).ErrorCode));
        }

        Assert.Empty(log.Failures);
    }

    private static string Call(string method, string parameters) => $$"""{"jsonrpc":"2.0","id":1,"method":"{{method}}","params":{{parameters}} }""";

    private static Task<TestServer> StartAsync(Entries log) => TestServer.StartAsync(new TestServerOptions
    {
        Configuration = TestConfiguration.With(),
        Customise = builder => builder.Services.AddSingleton<ILoggerProvider>(log),
    });

    /// <summary>Keeps what is logged with an exception.</summary>
    private sealed class Entries : ILoggerProvider, ILogger
    {
        private readonly ConcurrentQueue<string> _failures = new();

        public IReadOnlyCollection<string> Failures => _failures;

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (exception is not null && IsEnabled(logLevel))
            {
                _failures.Enqueue(formatter(state, exception) + exception);
            }
        }

        public void Dispose()
        {
        }
    }
}
