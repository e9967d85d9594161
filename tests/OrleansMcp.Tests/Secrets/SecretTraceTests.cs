using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OrleansMcp.Sessions;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Secrets;

/// <summary>Secrets leave no trace: not on disk, not in logs, audit, metrics or traces, not in what is said to clients.</summary>
[Collection(Alone.Collection)]
public sealed class SecretTraceTests
{
    [Fact]
    public async Task Nothing_of_a_secret_is_stored_logged_traced_measured_or_shown()
    {
        var everything = new EveryWord();
        using var activities = everything.Listen();
        await using var server = await TestServer.StartAsync(new TestServerOptions
        {
            Customise = builder =>
            {
                builder.Logging.SetMinimumLevel(LogLevel.Trace).AddFilter<EveryWord>(null, LogLevel.Trace).AddProvider(everything);
            },
        });
        using var client = await server.Client().OpenAsync();
        var (kept, refused) = (new SecretForms(), new SecretForms());
        var replies = new List<RawReply>
        {
            await client.PutSecretAsync("token", kept.Bytes),
            await client.PutSecretAsync("BAD", refused.Bytes),
            await client.CallAsync("test_secret_digest", new { name = "token" }),
            await client.CallAsync("test_secret_stumble", new { name = "token" }),
            await client.CallAsync("test_secret_exchange", new { from = "token", to = "other" }),
            await client.CallAsync("increment"),
        };
        using (var bob = client.As(TestConfiguration.Bob))
        {
            replies.Add(await bob.PutSecretAsync("token", refused.Bytes));
        }

        Assert.True(replies[3].ToolFailed);
        ExpectNowhere(server, [kept, refused]);
        replies.Add(await client.DeleteAsync());
        await server.StopAsync();
        ExpectNowhere(server, [kept, refused]);
        Assert.True(everything.Words.Count > 50, "The log was not listened to.");
        Assert.Contains(everything.Words, word => word.Contains("SecretUseException", StringComparison.Ordinal));
        foreach (var secret in new[] { kept, refused })
        {
            Assert.All(everything.Words, word => secret.ExpectNotIn(word, "The log or a trace"));
            Assert.All(replies, reply => secret.ExpectNotIn(reply.Fingerprint + reply.Text, "A reply"));
            Assert.All(server.Signals.TagValues, tag => secret.ExpectNotIn(tag, "A metric"));
        }
    }

    [Fact]
    public async Task What_crosses_to_the_actor_is_sealed()
    {
        var envelopes = new ConcurrentQueue<byte[]>();
        await using var server = await TestServer.StartAsync(new TestServerOptions
        {
            Customise = builder => builder.Services.AddSingleton<ISessionDirectory>(provider =>
                new ListeningDirectory(ActivatorUtilities.CreateInstance<OrleansMcp.Grains.Directory.ClusterSessionDirectory>(provider), envelopes)),
        });
        using var client = await server.Client().OpenAsync();
        var secret = new SecretForms();
        (await client.PutSecretAsync("token", secret.Bytes)).Expect(HttpStatusCode.Created);
        (await client.PutSecretAsync("token", secret.Bytes)).Expect(HttpStatusCode.NoContent);
        Assert.Equal(2, envelopes.Count);
        Assert.All(envelopes, envelope => secret.ExpectNotIn(envelope, "The envelope"));
        Assert.Equal(SecretEndpointContract.Digest(secret.Bytes), await client.CallTextAsync("test_secret_digest", new { name = "token" }));
    }

    private static void ExpectNowhere(TestServer server, IEnumerable<SecretForms> secrets)
    {
        foreach (var file in Directory.EnumerateFiles(server.DataFolder, "*", SearchOption.AllDirectories))
        {
            if (Path.GetFileName(file) == "lock")
            {
                continue; // Empty, and held by the server.
            }

            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var content = new MemoryStream();
            stream.CopyTo(content);
            Assert.All(secrets, secret => secret.ExpectNotIn(content.ToArray(), file));
        }
    }

    /// <summary>Keeps every log entry with its state and scopes, and everything that traces carry.</summary>
    private sealed class EveryWord : ILoggerProvider, ILogger
    {
        private readonly ConcurrentQueue<string> _words = new();

        public IReadOnlyCollection<string> Words => _words;

        public ActivityListener Listen()
        {
            var listener = new ActivityListener
            {
                ShouldListenTo = _ => true,
                Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
                ActivityStopped = activity => _words.Enqueue(activity.DisplayName + " " + string.Join(' ', activity.TagObjects.Select(tag => $"{tag.Key}={tag.Value}"))
                    + string.Join(' ', activity.Events.Select(one => one.Name + string.Join(' ', one.Tags.Select(tag => $"{tag.Key}={tag.Value}"))))),
            };
            ActivitySource.AddActivityListener(listener);
            return listener;
        }

        public ILogger CreateLogger(string categoryName) => this;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            _words.Enqueue($"{formatter(state, exception)} {exception} {Fields(state)}");

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull
        {
            _words.Enqueue($"{state} {Fields(state)}");
            return null;
        }

        public void Dispose()
        {
            // Nothing is held.
        }

        private static string Fields(object? state) => state is IEnumerable<KeyValuePair<string, object?>> fields ? string.Join(' ', fields) : "";
    }

    /// <summary>Sees what the front end sends, as a serializer between processes would.</summary>
    private sealed class ListeningDirectory(ISessionDirectory inner, ConcurrentQueue<byte[]> envelopes) : ISessionDirectory
    {
        public ISession Get(SessionKey key) => new Reference(inner.Get(key), envelopes);

        private sealed class Reference(ISession inner, ConcurrentQueue<byte[]> envelopes) : RelayedSession(inner)
        {
            public override ValueTask<SecretReply> PutSecretAsync(
                Caller caller, string name, ReadOnlyMemory<byte> envelope, CancellationToken cancellationToken)
            {
                envelopes.Enqueue(envelope.ToArray());
                return base.PutSecretAsync(caller, name, envelope, cancellationToken);
            }
        }
    }
}
