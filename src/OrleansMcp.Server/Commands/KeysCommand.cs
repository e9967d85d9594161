using System.CommandLine;
using OrleansMcp.Configuration;

namespace OrleansMcp.Server.Commands;

/// <summary><c>keys new</c>: makes an API key. It is shown once and stored nowhere.</summary>
internal static class KeysCommand
{
    public static Command Create()
    {
        var create = new Command("new", "Makes a 256-bit API key and the hash for the configuration.");
        create.SetAction(_ =>
        {
            var key = ApiKey.Generate();
            Console.WriteLine($"key, for the client:            {key}");
            Console.WriteLine($"sha256, for the configuration:  {Convert.ToHexStringLower(ApiKey.Hash(key))}");
            return 0;
        });
        return new Command("keys", "API keys.") { create };
    }
}
