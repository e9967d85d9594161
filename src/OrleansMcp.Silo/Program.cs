using OrleansMcp.Configuration;
using OrleansMcp.Server.Hosting;
using OrleansMcp.Silo.Commands;
using OrleansMcp.Silo.Hosting;
using OrleansMcp.Silo.Settings;
using OrleansMcp.Tools;

const int Failed = 1;
const int Refused = 2;

try
{
    if (args is ["audit", "verify", .. var rest])
    {
        return await AuditCommand.VerifyAsync(rest, Console.Out, Console.Error);
    }

    await using var app = SiloHost.Build(SettingsReader.Read(args));
    await app.RunAsync();
    return 0;
}
catch (OperationCanceledException)
{
    return 0; // Told to stop while it was starting.
}
catch (SettingsException e)
{
    await Console.Error.WriteLineAsync(e.Message);
    return Refused;
}
catch (Exception e) when (e is StartRefusedException or ToolNameException)
{
    await Console.Error.WriteLineAsync(e.Message);
    return Refused;
}
catch (Exception e) when (e is ConfigurationException or IOException)
{
    await Console.Error.WriteLineAsync(e.Message);
    return Failed;
}
