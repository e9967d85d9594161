using System.Diagnostics;

namespace OrleansMcp.Benchmarks.Servers;

/// <summary>A process started for a measurement; ended when disposed or when this process exits.</summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    private const int KeptOutput = 4096;
    private static readonly TimeSpan s_startLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan s_poll = TimeSpan.FromMilliseconds(50);

    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private volatile bool _isDisposed;

    private ChildProcess(Process process)
    {
        _process = process;
        AppDomain.CurrentDomain.ProcessExit += Kill;
    }

    public int Id => _process.Id;

    /// <summary>Runs a built .NET program.</summary>
    public static ChildProcess StartDotnet(string program, IEnumerable<string> arguments) =>
        Start(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", [program, .. arguments]);

    public static ChildProcess Start(string program, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = AppContext.BaseDirectory,
        };
        var child = new ChildProcess(Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start."));
        child.KeepOutput();
        child.TellEnd();
        return child;
    }

    /// <summary>Asks until it is ready, for a minute at most.</summary>
    /// <exception cref="InvalidOperationException">It ended, or the time is over; says what it printed.</exception>
    public async Task WaitUntilAsync(Func<Task<bool>> isReady, CancellationToken cancellationToken)
    {
        var watch = Stopwatch.StartNew();
        while (!await isReady())
        {
            if (_process.HasExited || watch.Elapsed > s_startLimit)
            {
                lock (_output)
                {
                    throw new InvalidOperationException($"The server did not get ready: {_output}");
                }
            }

            await Task.Delay(s_poll, TimeProvider.System, cancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _isDisposed = true;
        AppDomain.CurrentDomain.ProcessExit -= Kill;
        Kill(this, EventArgs.Empty);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private void KeepOutput()
    {
        void Keep(object sender, DataReceivedEventArgs line)
        {
            lock (_output)
            {
                if (_output.Length < KeptOutput)
                {
                    _output.AppendLine(line.Data);
                }
            }
        }

        _process.OutputDataReceived += Keep;
        _process.ErrorDataReceived += Keep;
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>One that ends by itself fails the scenario somewhere else, with an error that does not say why.</summary>
    private void TellEnd()
    {
        _process.Exited += (_, _) =>
        {
            if (!_isDisposed)
            {
                Console.Error.WriteLine($"A process that serves ended by itself, exit code {_process.ExitCode}.");
            }
        };
        _process.EnableRaisingEvents = true;
    }

    private void Kill(object? sender, EventArgs e)
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }
    }
}
