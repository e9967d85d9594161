using System.Net.Sockets;
using System.Text;

namespace OrleansMcp.Tests.Hosting;

/// <summary>Sends bytes that no HTTP library would, and returns the head of the reply and what follows it.</summary>
internal static class RawSocket
{
    /// <summary>Sends <paramref name="parts"/> one after the other, until the server stops reading, and returns its first reply.</summary>
    public static async Task<string> SendAsync(Uri url, params IEnumerable<byte[]> parts)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(url.Host, url.Port);
        await using var stream = client.GetStream();
        var reading = ReadHeadAsync(stream);
        try
        {
            foreach (var part in parts)
            {
                await stream.WriteAsync(part).AsTask().InTime("a write");
            }
        }
        catch (IOException)
        {
            // The server answered before it had read everything.
        }

        return await reading.InTime("the reply on a raw socket");
    }

    public static byte[] Ascii(string text) => Encoding.ASCII.GetBytes(text.ReplaceLineEndings("\r\n"));

    private static async Task<string> ReadHeadAsync(NetworkStream stream)
    {
        var received = new MemoryStream();
        var buffer = new byte[4096];
        while (true)
        {
            int read;
            try
            {
                read = await stream.ReadAsync(buffer);
            }
            catch (IOException)
            {
                read = 0;
            }

            received.Write(buffer, 0, read);
            var text = Encoding.ASCII.GetString(received.ToArray());
            if (read == 0 || text.Contains("\r\n\r\n", StringComparison.Ordinal))
            {
                return text;
            }
        }
    }
}
