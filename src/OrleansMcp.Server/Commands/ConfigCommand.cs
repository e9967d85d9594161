using System.CommandLine;
using OrleansMcp.Configuration;

namespace OrleansMcp.Server.Commands;

/// <summary><c>config check FILE</c>: says what is wrong with a configuration, and what is doubtful in it, with file, line and key.</summary>
internal static class ConfigCommand
{
    public static Command Create()
    {
        var file = new Argument<string>("FILE") { Description = "The configuration file." };
        var check = new Command("check", "Checks a configuration file.") { file };
        check.SetAction(result => Check(result.GetValue(file)!, result.InvocationConfiguration));
        return new Command("config", "Configuration files.") { check };
    }

    private static int Check(string path, InvocationConfiguration console)
    {
        try
        {
            var configuration = ConfigurationFile.Load(path, ServerHost.Names());
            Tell(configuration.Warnings, console);
            var clients = configuration.Tenants.Values.Sum(tenant => tenant.Clients.Count);
            console.Output.WriteLine(
                $"{path} is valid: {configuration.Tenants.Count} tenants, {clients} clients, {configuration.Policies.Count} policies, {configuration.Warnings.Count} warnings.");
            return ExitCode.Done;
        }
        catch (ConfigurationException e)
        {
            foreach (var error in e.Errors)
            {
                console.Error.WriteLine(error);
            }

            Tell(e.Warnings, console);
            return ExitCode.Failed;
        }
    }

    private static void Tell(IReadOnlyList<ConfigurationError> warnings, InvocationConfiguration console)
    {
        foreach (var warning in warnings)
        {
            console.Error.WriteLine($"Warning: {warning}");
        }
    }
}
