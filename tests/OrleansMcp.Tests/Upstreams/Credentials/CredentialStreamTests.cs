using System.Text;
using OrleansMcp.Configuration.Upstreams;
using OrleansMcp.Upstream.Credentials;
using OrleansMcp.Upstreams;

namespace OrleansMcp.Tests.Upstreams.Credentials;

/// <summary>What a connection writes in place of a placeholder.</summary>
public sealed class CredentialStreamTests
{
    private static readonly byte[] s_secret = [.. "hunter2-hunter2"u8];

    private readonly FakeSecrets _secrets = new FakeSecrets().With("token", s_secret);
    private readonly Wire _wire = new();

    [Fact]
    public async Task A_request_has_the_secret_wherever_it_is_cut_into_writes()
    {
        var credential = Credential();
        var request = Encoding.ASCII.GetBytes($"POST / HTTP/1.1\r\nAuthorization: {credential.Value}\r\n\r\n{{\"a\":\"~\"}}");
        var expected = $"POST / HTTP/1.1\r\nAuthorization: Bearer hunter2-hunter2\r\n\r\n{{\"a\":\"~\"}}";
        for (var cut = 0; cut <= request.Length; cut++)
        {
            await using var stream = new CredentialStream(_wire, credential);
            await stream.WriteAsync(request.AsMemory(0, cut), TestContext.Current.CancellationToken);
            await stream.WriteAsync(request.AsMemory(cut), TestContext.Current.CancellationToken);
            Assert.Equal(expected, _wire.Take());
        }
    }

    [Fact]
    public async Task A_request_may_come_byte_by_byte()
    {
        var credential = Credential();
        await using var stream = new CredentialStream(_wire, credential);
        foreach (var one in Encoding.ASCII.GetBytes($"a {credential.Value} b {credential.Value} c"))
        {
            await stream.WriteAsync(new[] { one }, TestContext.Current.CancellationToken);
        }

        Assert.Equal("a Bearer hunter2-hunter2 b Bearer hunter2-hunter2 c", _wire.Take());
    }

    [Fact]
    public async Task Requests_that_are_written_together_have_it_each()
    {
        var credential = Credential();
        var request = $"GET / HTTP/1.1\r\nAuthorization: {credential.Value}\r\n\r\n";
        var expected = "GET / HTTP/1.1\r\nAuthorization: Bearer hunter2-hunter2\r\n\r\n";
        var both = Encoding.ASCII.GetBytes(request + request + request);
        for (var cut = 0; cut <= both.Length; cut++)
        {
            await using var stream = new CredentialStream(_wire, credential);
            await stream.WriteAsync(both.AsMemory(0, cut), TestContext.Current.CancellationToken);
            await stream.WriteAsync(both.AsMemory(cut), TestContext.Current.CancellationToken);
            Assert.Equal(expected + expected + expected, _wire.Take());
        }
    }

    [Fact]
    public async Task What_only_looks_like_a_placeholder_is_written_as_it_is()
    {
        var credential = Credential();
        var placeholder = Encoding.ASCII.GetString(credential.Placeholder.Span);
        await using var stream = new CredentialStream(_wire, credential);
        await WriteAsync(stream, $"a{placeholder[..10]}");
        await WriteAsync(stream, "b~");
        await WriteAsync(stream, $"{placeholder[..^1]}");
        await WriteAsync(stream, "!");
        Assert.Equal($"a{placeholder[..10]}b~{placeholder[..^1]}!", _wire.Take());
    }

    [Fact]
    public async Task Placeholders_are_of_one_connection()
    {
        var (one, other) = (Credential(), Credential());
        await using var stream = new CredentialStream(_wire, one);
        await WriteAsync(stream, other.Value + ".");
        Assert.Equal(other.Value + ".", _wire.Take());
    }

    [Theory]
    [InlineData("a\r\nX-Admin: 1")]
    [InlineData("a\n")]
    [InlineData("a\0b")]
    [InlineData("ä")]
    public async Task A_secret_with_bytes_that_no_header_has_is_not_sent(string secret)
    {
        _secrets.With("token", Encoding.UTF8.GetBytes(secret));
        var credential = Credential();
        await using var stream = new CredentialStream(_wire, credential);
        var refused = await Assert.ThrowsAsync<UpstreamException>(() => WriteAsync(stream, $"Authorization: {credential.Value}\r\n"));
        Assert.Equal((UpstreamFault.Unauthorized, "token"), (refused.Fault, refused.Secret));
        Assert.DoesNotContain(secret, refused.ToString(), StringComparison.Ordinal);
        Assert.Empty(_wire.Take());
    }

    [Fact]
    public async Task A_request_whose_secret_was_removed_is_not_sent()
    {
        var credential = Credential();
        await using var stream = new CredentialStream(_wire, credential);
        await WriteAsync(stream, $"Authorization: {credential.Value[..20]}");
        _wire.Take();
        _secrets.Forget("token");
        Assert.Equal("token", (await Assert.ThrowsAsync<SecretUnavailableException>(() => WriteAsync(stream, credential.Value[20..]))).Name);
        Assert.Empty(_wire.Take());
    }

    [Fact]
    public async Task A_secret_that_was_replaced_is_sent_with_the_next_request()
    {
        var credential = Credential();
        await using var stream = new CredentialStream(_wire, credential);
        await WriteAsync(stream, credential.Value);
        _secrets.With("token", "another"u8);
        await WriteAsync(stream, credential.Value);
        Assert.Equal("Bearer hunter2-hunter2Bearer another", _wire.Take());
    }

    [Fact]
    public async Task What_was_written_is_zeroed_also_when_it_could_not_be_sent()
    {
        var credential = Credential();
        await using var stream = new CredentialStream(_wire, credential);
        await WriteAsync(stream, credential.Value + credential.Value);
        _wire.IsBroken = true;
        await Assert.ThrowsAsync<IOException>(() => WriteAsync(stream, credential.Value));
        Assert.Equal(2, _wire.Buffers.Count);
        Assert.All(_wire.Buffers, buffer => Assert.True(buffer.Span.IndexOf("hunter2"u8) < 0));
        _wire.Take();
    }

    private SecretCredential Credential() => new SecretCredential("server", new UpstreamCredential(), "token", _secrets);

    private static Task WriteAsync(Stream stream, string text) =>
        stream.WriteAsync(Encoding.ASCII.GetBytes(text), TestContext.Current.CancellationToken).AsTask();

    /// <summary>The other end, which remembers the buffers that it got.</summary>
    private sealed class Wire : MemoryStream
    {
        public List<ReadOnlyMemory<byte>> Buffers { get; } = [];

        public bool IsBroken { get; set; }

        public string Take()
        {
            var text = Encoding.UTF8.GetString(ToArray());
            SetLength(0);
            return text;
        }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Buffers.Add(buffer);
            return IsBroken ? throw new IOException("The other end has gone.") : base.WriteAsync(buffer, cancellationToken);
        }

        // The stream of a test closes its connection, which the next one of the test uses too.
        protected override void Dispose(bool disposing)
        {
        }
    }
}
