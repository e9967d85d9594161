using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Cluster.Tests.Security;

/// <summary>Connects to a port of a silo as its peers do, up to the point where they would be let in.</summary>
internal static class Intruder
{
    /// <summary>What a peer of the cluster sends first, as far as it can be told without one: the length of a preamble, and no more.</summary>
    private static readonly byte[] s_preamble = [16, 0, 0, 0];

    /// <summary>Shakes hands, with a certificate or without. True when the silo then answers, or waits for what a peer has to say.</summary>
    public static async Task<bool> IsLetInAsync(int port, X509Certificate2? certificate)
    {
        using var socket = await ConnectAsync(port);
        await using var stream = new SslStream(socket.GetStream(), leaveInnerStreamOpen: false);
        try
        {
            await stream.AuthenticateAsClientAsync(Options(certificate)).InTime("a handshake");
            await stream.WriteAsync(s_preamble);
        }
        catch (Exception e) when (e is IOException or AuthenticationException)
        {
            return false;
        }

        return await IsOpenAsync(stream);
    }

    /// <summary>Sends bytes without TLS.</summary>
    public static async Task<bool> IsLetInPlainAsync(int port, byte[] bytes)
    {
        using var socket = await ConnectAsync(port);
        await using var stream = socket.GetStream();
        await stream.WriteAsync(bytes);
        return await IsOpenAsync(stream);
    }

    private static async Task<TcpClient> ConnectAsync(int port)
    {
        var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, port);
        return socket;
    }

    private static SslClientAuthenticationOptions Options(X509Certificate2? certificate) => new()
    {
        TargetHost = Authority.Name,
        ClientCertificates = certificate is null ? null : [certificate],
        LocalCertificateSelectionCallback = certificate is null ? null : (_, _, _, _, _) => certificate,
        RemoteCertificateValidationCallback = static (_, _, _, _) => true, // it is the silo's verification that is tested
    };

    /// <summary>A peer that was let in is answered or waited for; a refused one finds the connection closed, and hears at most the alert.</summary>
    private static async Task<bool> IsOpenAsync(Stream stream)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(4));
        var heard = new byte[64];
        try
        {
            var read = await stream.ReadAsync(heard, patience.Token);
            return read > 0 && !IsAlert(heard.AsSpan(0, read));
        }
        catch (OperationCanceledException)
        {
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    // RFC 8446, section 5.1: a record of type 21.
    private static bool IsAlert(ReadOnlySpan<byte> bytes) => bytes is [21, 3, ..] && bytes.Length <= 7;
}
