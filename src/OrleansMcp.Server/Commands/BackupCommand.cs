using System.CommandLine;
using System.Globalization;
using OrleansMcp.Hosting.Settings;
using OrleansMcp.Storage.Sqlite.Backups;

namespace OrleansMcp.Server.Commands;

/// <summary><c>backup FILE</c> and <c>restore FILE</c>: a copy of the data folder's database, and the way back to it.</summary>
internal static class BackupCommand
{
    private const string OfTables = "The store tables is backed up with the means of its storage account; these commands are for the store sqlite.";

    public static Command CreateBackup()
    {
        var file = new Argument<string>("FILE") { Description = "The file to write. It must not be there." };
        return new Command("backup", "Copies the store into one file, also while a server runs. Keep it safe: it holds the keys of session ids.") { file }
            .On(ExitCode.Failed, (settings, result, _) => Sqlite(settings, result, () =>
            {
                SqliteBackup.Write(settings.DataFolder, result.GetValue(file)!);
                return $"{result.GetValue(file)} is a copy of the store, checked. It holds the keys that sign session ids.";
            }));
    }

    public static Command CreateRestore()
    {
        var file = new Argument<string>("FILE") { Description = "A copy that 'backup' wrote." };
        return new Command("restore", "Puts a copy into the place of the store. No server may run on it. Ends all sessions of the copy; open quota windows count as spent.") { file }
            .On(ExitCode.Failed, (settings, result, _) => Sqlite(settings, result, () =>
            {
                var ended = SqliteRestore.Run(settings.DataFolder, result.GetValue(file)!, TimeProvider.System);
                return string.Create(CultureInfo.InvariantCulture, $"The store is that of {result.GetValue(file)}. {ended} sessions were ended.");
            }));
    }

    private static Task<int> Sqlite(ServerSettings settings, ParseResult result, Func<string> run)
    {
        if (settings.Store != StoreKind.Sqlite)
        {
            return Task.FromResult(result.Fail(OfTables, ExitCode.Misused));
        }

        result.InvocationConfiguration.Output.WriteLine(run());
        return Task.FromResult(ExitCode.Done);
    }
}
