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
    private volatile bool _isExpectedToEnd;

    private ChildProcess(Process process)
    {
        _process = process;
        AppDomain.CurrentDomain.ProcessExit += Kill;
    }

    /// <summary>The program that runs built .NET programs.</summary>
    public static string Dotnet => Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";

    public int Id => _process.Id;

    public bool HasEnded => _process.HasExited;

    /// <summary>Runs a built .NET program.</summary>
    public static ChildProcess StartDotnet(
        string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null) =>
        Start(Dotnet, [program, .. arguments], environment);

    public static ChildProcess Start(
        string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = AppContext.BaseDirectory,
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

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
                    throw new InvalidOperationException($"The process did not get ready: {_output}");
                }
            }

            await Task.Delay(s_poll, TimeProvider.System, cancellationToken);
        }
    }

    /// <summary>Whether it printed a line with <paramref name="text"/>.</summary>
    public bool HasPrinted(string text)
    {
        lock (_output)
        {
            return _output.ToString().Contains(text, StringComparison.Ordinal);
        }
    }

    /// <summary>Waits until a process ends that is meant to, and says what it printed.</summary>
    /// <exception cref="TimeoutException">It did not.</exception>
    public async Task<string> ReadToEndAsync(TimeSpan limit)
    {
        _isExpectedToEnd = true;
        await _process.WaitForExitAsync().WaitAsync(limit, TimeProvider.System);
        lock (_output)
        {
            return _output.ToString();
        }
    }

    public async ValueTask DisposeAsync()
    {
        _isExpectedToEnd = true;
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
            if (!_isExpectedToEnd)
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
