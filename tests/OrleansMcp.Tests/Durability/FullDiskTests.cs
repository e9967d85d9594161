using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Win32.SafeHandles;
using OrleansMcp.Embedded.Files;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Durability;

/// <summary>A disk that fails at each step of a write: the caller is told, and what was acknowledged before stands.</summary>
public sealed class FullDiskTests
{
    [Theory]
    [InlineData(FaultyDisk.Step.Write)]
    [InlineData(FaultyDisk.Step.Rename)]
    [InlineData(FaultyDisk.Step.FlushFolder)]
    internal async Task A_write_that_fails_is_an_error_to_the_caller_and_loses_nothing_acknowledged(FaultyDisk.Step step)
    {
        var disk = new FaultyDisk();
        await using var server = await TestServer.StartAsync(With(disk));
        using var client = await server.Client().OpenAsync();
        Assert.Equal(1, await client.IncrementAsync());

        disk.Fails = step;
        var refused = await client.CallAsync("increment");
        Assert.True(refused.ToolFailed, refused.Text);
        Assert.Contains("could not be saved", refused.Text, StringComparison.Ordinal);
        Assert.Equal("still here", await client.CallTextAsync("echo", new { text = "still here" }));

        disk.Fails = null;
        Assert.Equal(2, await client.IncrementAsync());
        await server.RestartAsync();
        Assert.Equal(3, await client.IncrementAsync());
        Assert.DoesNotContain(server.StateFiles(), file => file.EndsWith(".tmp", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_session_that_cannot_be_stored_is_not_opened()
    {
        var disk = new FaultyDisk { Fails = FaultyDisk.Step.None };
        await using var server = await TestServer.StartAsync(With(disk));
        disk.Fails = FaultyDisk.Step.Write;
        using var client = server.Client();
        var reply = await client.PostAsync(Rpc.Initialize(1, "2025-11-25"));
        reply.Expect(System.Net.HttpStatusCode.ServiceUnavailable);
        Assert.Null(reply.SessionId);
        Assert.Equal(0, server.LiveActors);

        using var health = new HttpClient();
        Assert.Equal(System.Net.HttpStatusCode.ServiceUnavailable, (await health.GetAsync(server.At("/readyz"))).StatusCode);
    }

    [Fact]
    public async Task A_session_can_be_ended_on_a_full_disk_and_stays_ended()
    {
        var disk = new FaultyDisk();
        await using var server = await TestServer.StartAsync(With(disk));
        using var client = await server.Client().OpenAsync();
        disk.Fails = FaultyDisk.Step.Write;
        (await client.DeleteAsync()).Expect(System.Net.HttpStatusCode.OK);
        disk.Fails = null;
        await server.RestartAsync();
        (await client.CallAsync("echo", new { text = "x" })).Expect(System.Net.HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_server_that_died_between_the_ended_mark_and_the_deletion_finishes_the_end()
    {
        var disk = new FaultyDisk();
        await using var server = await TestServer.StartAsync(With(disk));
        using var client = await server.Client().OpenAsync();
        disk.Fails = FaultyDisk.Step.Delete;
        (await client.DeleteAsync()).Expect(System.Net.HttpStatusCode.ServiceUnavailable);
        Assert.Contains(server.StateFiles(), file => file.EndsWith(".session", StringComparison.Ordinal));
        disk.Fails = null;
        await server.RestartAsync();
        (await client.CallAsync("echo", new { text = "x" })).Expect(System.Net.HttpStatusCode.NotFound);
        Assert.DoesNotContain(server.StateFiles(), file => file.EndsWith(".session", StringComparison.Ordinal));
    }

    private static TestServerOptions With(FaultyDisk disk) => new()
    {
        Customise = builder => builder.Services.Replace(ServiceDescriptor.Singleton<Disk>(disk)),
    };
}

/// <summary>A disk with "no space left on device" at one step.</summary>
internal sealed class FaultyDisk : Disk
{
    private int _fails = (int)Step.None;

    internal enum Step
    {
        None,
        Write,
        Rename,
        FlushFolder,
        Delete,
        Append,
        Cut,
    }

    public Step? Fails
    {
        get => (Step)Volatile.Read(ref _fails);
        set => Volatile.Write(ref _fails, (int)(value ?? Step.None));
    }

    public override void WriteNew(string path, ReadOnlySpan<byte> content)
    {
        if (Fails == Step.Write)
        {
            // Half of it gets there, as on a disk that fills up.
            File.WriteAllBytes(path, content[..(content.Length / 2)].ToArray());
            throw new IOException("No space left on device");
        }

        base.WriteNew(path, content);
    }

    public override void Append(SafeFileHandle file, ReadOnlySpan<byte> content, long end)
    {
        if (Fails is Step.Append or Step.Cut)
        {
            RandomAccess.Write(file, content[..(content.Length / 2)], end);
            throw new IOException("No space left on device");
        }

        base.Append(file, content, end);
    }

    public override void Cut(SafeFileHandle file, long length)
    {
        ThrowAt(Step.Cut);
        base.Cut(file, length);
    }

    public override void Rename(string from, string to)
    {
        ThrowAt(Step.Rename);
        base.Rename(from, to);
    }

    public override void FlushFolder(string path)
    {
        ThrowAt(Step.FlushFolder);
        base.FlushFolder(path);
    }

    public override void Delete(string path)
    {
        ThrowAt(Step.Delete);
        base.Delete(path);
    }

    private void ThrowAt(Step step)
    {
        if (Fails == step)
        {
            throw new IOException("No space left on device");
        }
    }
}
