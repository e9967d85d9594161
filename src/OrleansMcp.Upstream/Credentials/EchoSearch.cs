using System.Buffers;
using System.Security.Cryptography;
using System.Text.Json;
using OrleansMcp.Secrets;

namespace OrleansMcp.Upstream.Credentials;

/// <summary>
/// Looks for a secret in a JSON message, as it is or as JSON writes it. It finds what a server repeats without a thought; one that means to pass a secret on can
/// write it in other ways, and knows it anyway. Secrets of less than <see cref="Shortest"/> bytes are not looked for: they occur by chance.
/// </summary>
internal static class EchoSearch
{
    /// <summary>Bytes of the shortest secret that is looked for.</summary>
    public const int Shortest = 8;

    // What no serializer escapes. Others write '+' as \u002B and '/' as \/, which are in many tokens.
    private static readonly SearchValues<byte> s_plain = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"u8);

    public static bool Contains(ReadOnlySpan<byte> message, ReadOnlySpan<byte> secret) =>
        secret.Length >= Shortest
        && message.IndexOf(LongestPlain(secret)) >= 0 // One search where there is nothing, whatever the secret is made of.
        && (message.IndexOf(secret) >= 0 || ContainsEscaped(message, secret));

    /// <summary>The longest part of a secret that is written as it is.</summary>
    private static ReadOnlySpan<byte> LongestPlain(ReadOnlySpan<byte> secret)
    {
        ReadOnlySpan<byte> longest = default;
        while (!secret.IsEmpty)
        {
            var end = secret.IndexOfAnyExcept(s_plain);
            var plain = end < 0 ? secret : secret[..end];
            longest = plain.Length > longest.Length ? plain : longest;
            secret = end < 0 ? default : secret[(end + 1)..];
        }

        return longest;
    }

    private static bool ContainsEscaped(ReadOnlySpan<byte> message, ReadOnlySpan<byte> secret)
    {
        if (!message.Contains((byte)'\\'))
        {
            return false;
        }

        var unescaped = SecretBuffer.Allocate(message.Length);
        try
        {
            var reader = new Utf8JsonReader(message);
            while (reader.Read())
            {
                if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName && reader.ValueIsEscaped
                    && unescaped.AsSpan(0, reader.CopyString(unescaped)).IndexOf(secret) >= 0)
                {
                    return true;
                }
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // It is no message, and nothing of it is used.
        }
        finally
        {
            CryptographicOperations.ZeroMemory(unescaped);
        }

        return false;
    }
}
