using System.CommandLine;
using OrleansMcp.Configuration;
using OrleansMcp.Hosting.Settings;
using OrleansMcp.Sessions.Keys;
using OrleansMcp.Storage.Sqlite;

namespace OrleansMcp.Server.Commands;

/// <summary>
/// <c>keys new</c>: makes an API key. It is shown once and stored nowhere. <c>keys rotate</c> and <c>keys retire</c>: change the keys that
/// sign session ids, also while a server runs on the data folder.
/// </summary>
internal static class KeysCommand
{
    private const string OfTables =
        "With the store tables, the keys of session ids stay where processes get them: in the setting session-id-keys, or in the vault of the deployment. "
        + "infra/scripts/rotate-session-id-key.sh rotates and retires them there.";

    public static Command Create()
    {
        var create = new Command("new", "Makes a 256-bit API key and the hash for the configuration.");
        create.SetAction(result =>
        {
            var (key, output) = (ApiKey.Generate(), result.InvocationConfiguration.Output);
            output.WriteLine($"key, for the client:            {key}");
            output.WriteLine($"sha256, for the configuration:  {Convert.ToHexStringLower(ApiKey.Hash(key))}");
            return ExitCode.Done;
        });
        return new Command("keys", "API keys, and the keys that sign session ids.")
        {
            create,
            Changing("rotate", "Signs new session ids with a new key; those of the former keys stay valid. Run it as the server's user.", Rotate),
            Changing("retire", "Makes session ids of former keys invalid: their sessions are lost to their clients. Run it as the server's user.", Retire),
        };
    }

    private static void Rotate(ISessionIdKeyRing ring, TextWriter output)
    {
        var keys = ring.Rotate();
        output.WriteLine($"New session ids are signed with the key {keys.Issuing}. Those of former keys stay valid: {string.Join(", ", keys.Former)}.");
        output.WriteLine("When the sessions that are open now have ended, at the latest after sessions.lifetime: keys retire.");
    }

    private static void Retire(ISessionIdKeyRing ring, TextWriter output) =>
        output.WriteLine($"Only session ids that are signed with the key {ring.Retire().Issuing} are valid. Others are unknown now.");

    private static Command Changing(string name, string description, Action<ISessionIdKeyRing, TextWriter> change) =>
        new Command(name, description + " A running server follows within seconds.").On(ExitCode.Failed, (settings, result, _) =>
        {
            if (settings.Store == StoreKind.Tables)
            {
                return Task.FromResult(result.Fail(OfTables, ExitCode.Misused));
            }

            using var folder = SqliteDataFolder.Open(settings.DataFolder);
            change(folder.Keys, result.InvocationConfiguration.Output);
            return Task.FromResult(ExitCode.Done);
        });
}
