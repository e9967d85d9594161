using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text.Json;
using Azure.Core;
using Azure.Identity;
using OrleansMcp.Secrets;
using OrleansMcp.Secrets.References;

namespace OrleansMcp.Hosting.Secrets;

/// <summary>
/// Secrets in Azure Key Vault, read with the managed identity over its REST interface (<c>GET
/// {vault}/secrets/{name}[/{version}]?api-version=7.4</c>). Does not use the client library, because that returns secrets as strings, which
/// cannot be erased.
/// </summary>
internal sealed class KeyVaultSecrets(HttpClient http, TokenCredential credential) : ISecretSource
{
    private const string Query = "?api-version=7.4";
    private const int Surroundings = 16 * 1024; // attributes, tags and the id around the value

    private static readonly TokenRequestContext s_scope = new(["https://vault.azure.net/.default"]);

    public string Name => "keyVault";

    /// <summary>As a silo reads: the vault must answer soon, and is not followed elsewhere with the token.</summary>
    public static KeyVaultSecrets Create(TokenCredential credential)
    {
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) };
        return new(new HttpClient(handler) { Timeout = TimeSpan.FromSeconds(5) }, credential);
    }

    public async ValueTask<byte[]> ReadAsync(string location, int maxBytes, CancellationToken cancellationToken)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, location + Query);
            var token = await credential.GetTokenAsync(s_scope, cancellationToken);
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token.Token);
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            return response.IsSuccessStatusCode
                ? await ReadValueAsync(response, maxBytes, cancellationToken)
                : throw new SecretSourceException($"The vault answered {(int)response.StatusCode}.");
        }
        catch (Exception e) when (e is HttpRequestException or IOException or AuthenticationFailedException
            || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw new SecretSourceException("The vault cannot be reached.", e);
        }
    }

    private static async ValueTask<byte[]> ReadValueAsync(HttpResponseMessage response, int maxBytes, CancellationToken cancellationToken)
    {
        // A JSON string takes at most six bytes for one of the secret's.
        var body = SecretBuffer.Allocate((maxBytes * 6) + Surroundings);
        try
        {
            await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
            var length = await stream.ReadAtLeastAsync(body, body.Length, throwOnEndOfStream: false, cancellationToken);
            return ValueOf(body.AsSpan(0, length), maxBytes);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(body);
        }
    }

    private static byte[] ValueOf(ReadOnlySpan<byte> body, int maxBytes)
    {
        try
        {
            var reader = new Utf8JsonReader(body);
            while (reader.Read())
            {
                if (reader is { TokenType: JsonTokenType.PropertyName, CurrentDepth: 1 } && reader.ValueTextEquals("value"u8)
                    && reader.Read() && reader.TokenType == JsonTokenType.String)
                {
                    return Unescaped(ref reader, maxBytes);
                }
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // No JSON, or half a surrogate pair. The message may quote what it read.
        }

        throw new SecretSourceException("The vault's answer holds no secret.");
    }

    private static byte[] Unescaped(ref Utf8JsonReader reader, int maxBytes)
    {
        var buffer = SecretBuffer.Allocate(reader.ValueSpan.Length);
        try
        {
            var length = reader.CopyString(buffer);
            if (length == 0 || length > maxBytes)
            {
                throw new SecretSourceException(length == 0 ? "The secret is empty." : $"The secret is longer than a secret may be ({maxBytes} bytes).");
            }

            var secret = SecretBuffer.Allocate(length);
            buffer.AsSpan(0, length).CopyTo(secret);
            return secret;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(buffer);
        }
    }
}
