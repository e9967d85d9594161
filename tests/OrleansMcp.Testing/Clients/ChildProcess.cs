using System.Diagnostics;
using System.Text;
using System.Threading.Channels;

namespace OrleansMcp.Tests.Clients;

/// <summary>What a process printed and how it ended.</summary>
internal sealed record ProcessResult(int ExitCode, string Output, string Errors)
{
    public ProcessResult ExpectSuccess()
    {
        Assert.True(ExitCode == 0, $"Exit code {ExitCode}.\n{Output}\n{Errors}");
        return this;
    }
}

/// <summary>Another program, which ends with the test at the latest.</summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _errors = new();
    private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();

    private ChildProcess(ProcessStartInfo start)
    {
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Keep(_output, line.Data, isOutput: true);
        _process.ErrorDataReceived += (_, line) => Keep(_errors, line.Data, isOutput: false);
    }

    /// <summary>Starts a program with an input that is empty, or that the test writes.</summary>
    public static ChildProcess Start(string program, IEnumerable<string> arguments, string? home = null, bool hasInput = false)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        if (home is not null)
        {
            start.Environment["HOME"] = home;
        }

        var child = new ChildProcess(start);
        child._process.Start();
        if (!hasInput)
        {
            child._process.StandardInput.Close();
        }

        child._process.BeginOutputReadLine();
        child._process.BeginErrorReadLine();
        return child;
    }

    /// <summary>The first line it prints; fails when it ends without one.</summary>
    public async Task<string> FirstLineAsync(TimeSpan deadline)
    {
        var first = await ReadLineAsync(deadline);
        Assert.True(first is not null, $"It ended at once.\n{Text(_output)}\n{Text(_errors)}");
        return first;
    }

    /// <summary>The next line it prints; null when there is none any more.</summary>
    public async Task<string?> ReadLineAsync(TimeSpan deadline)
    {
        try
        {
            return await _lines.Reader.WaitToReadAsync().AsTask().WaitAsync(deadline, TimeProvider.System) && _lines.Reader.TryRead(out var line) ? line : null;
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException($"It printed nothing for {deadline.TotalSeconds} s.\n{Text(_output)}\n{Text(_errors)}", e);
        }
    }

    /// <summary>Writes a line to its input.</summary>
    public async Task WriteLineAsync(string line)
    {
        await _process.StandardInput.WriteLineAsync(line);
        await _process.StandardInput.FlushAsync();
    }

    /// <summary>Waits until it ended by itself.</summary>
    public async Task<ProcessResult> EndAsync(TimeSpan deadline)
    {
        try
        {
            await _process.WaitForExitAsync().WaitAsync(deadline, TimeProvider.System);
        }
        catch (TimeoutException)
        {
            Assert.Fail($"It still ran after {deadline.TotalSeconds} s.\n{Text(_output)}\n{Text(_errors)}");
        }

        return new ProcessResult(_process.ExitCode, Text(_output), Text(_errors));
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    private void Keep(StringBuilder kept, string? line, bool isOutput)
    {
        if (line is not null)
        {
            lock (kept)
            {
                kept.AppendLine(line);
            }
        }

        if (isOutput)
        {
            _ = line is null ? _lines.Writer.TryComplete() : _lines.Writer.TryWrite(line);
        }
    }

    private static string Text(StringBuilder kept)
    {
        lock (kept)
        {
            return kept.ToString();
        }
    }
}
