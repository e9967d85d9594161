using System.ComponentModel;
using System.Security.Cryptography;
using System.Text;
using ModelContextProtocol.Server;
using OrleansMcp.Tools;

namespace OrleansMcp.Server.Demo;

/// <summary>A tool that needs a secret, which its client never puts into an argument.</summary>
[McpServerToolType]
internal sealed class SecretTools
{
    [McpServerTool(Name = "secret_sign", ReadOnly = true, Idempotent = true)]
    [Description("Signs a text with a secret of this session (HMAC-SHA-256, hexadecimal). Give the secret with PUT /mcp/secrets/{name} first.")]
    public static string Sign(
        ISessionContext session, [Description("The secret's name.")] string secret, [Description("What to sign.")] string text) =>
        session.Secrets.Use(secret, text, static (key, text) => Convert.ToHexStringLower(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text))));
}
