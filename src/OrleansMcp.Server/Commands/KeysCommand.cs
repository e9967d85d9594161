using System.CommandLine;
using OrleansMcp.Configuration;
using OrleansMcp.Embedded.Keys;

namespace OrleansMcp.Server.Commands;

/// <summary>
/// <c>keys new</c>: makes an API key. It is shown once and stored nowhere. <c>keys rotate</c> and <c>keys retire</c>: change the keys that
/// sign session ids, also while a server runs on the folder.
/// </summary>
internal static class KeysCommand
{
    private const int Done = 0;
    private const int Failed = 1;

    public static Command Create()
    {
        var create = new Command("new", "Makes a 256-bit API key and the hash for the configuration.");
        create.SetAction(_ =>
        {
            var key = ApiKey.Generate();
            Console.WriteLine($"key, for the client:            {key}");
            Console.WriteLine($"sha256, for the configuration:  {Convert.ToHexStringLower(ApiKey.Hash(key))}");
            return Done;
        });
        return new Command("keys", "API keys, and the keys that sign session ids.") { create, CreateRotate(), CreateRetire() };
    }

    internal static int Rotate(string data, TextWriter output, TextWriter error) => Change(error, () =>
    {
        var keys = SessionIdKeyRotation.Rotate(data);
        output.WriteLine($"New session ids are signed with the key {keys.Issuing}. Those of former keys stay valid: {string.Join(", ", keys.Former)}.");
        output.WriteLine("When the sessions that are open now have ended, at the latest after sessions.lifetime: keys retire.");
    });

    internal static int Retire(string data, TextWriter output, TextWriter error) => Change(error, () =>
        output.WriteLine($"Only session ids that are signed with the key {SessionIdKeyRotation.Retire(data).Issuing} are valid. Others are unknown now."));

    private static Command CreateRotate() =>
        Changing("rotate", "Signs new session ids with a new key; those of the former keys stay valid. Run it as the server's user.", Rotate);

    private static Command CreateRetire() =>
        Changing("retire", "Makes session ids of former keys invalid: their sessions are lost to their clients. Run it as the server's user.", Retire);

    private static Command Changing(string name, string description, Func<string, TextWriter, TextWriter, int> change)
    {
        var data = new Option<string>("--data") { Description = "The data folder.", DefaultValueFactory = _ => ServerSettings.DefaultDataFolder };
        var command = new Command(name, description + " A running server follows within seconds.") { data };
        command.SetAction(result => change(result.GetValue(data)!, Console.Out, Console.Error));
        return command;
    }

    private static int Change(TextWriter error, Action change)
    {
        try
        {
            change();
            return Done;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            error.WriteLine(e.Message);
            return Failed;
        }
    }
}
